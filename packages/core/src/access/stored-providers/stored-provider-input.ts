import { z } from 'zod'
import type { ProviderOptions } from '../../options/options.ts'
import type { storedProviderSchema } from '../../options/schema.ts'
import type { Metadata } from '../access-key.ts'
import { label, metadata } from '../member-input.ts'

/** What makes a provider at run time: the members of the option `providers.<id>`, clouds left out. */
export interface CreateProvider extends Omit<ProviderOptions, 'aws' | 'googleCloud' | 'baseUrl'> {
  /** What stands before the colon of `provider:model`; it never changes. */
  readonly id: string
  readonly name?: string
  readonly baseUrl: string
  readonly metadata?: Metadata
}

type Clearable = Omit<CreateProvider, 'id' | 'baseUrl'>

/**
 * A member left out stays as it is; null clears it. `models`, `headers`, `query`, `parameters` and `metadata` are
 * replaced as a whole.
 */
export type UpdateProvider = { readonly [Name in keyof Clearable]?: Clearable[Name] | null | undefined } & {
  readonly baseUrl?: string | undefined
}

/** The shape of what is said of a provider in options. */
export type ProviderShape = typeof storedProviderSchema

/** Schemas over the shape that options have. */
export function createProviderSchemas({ shape }: ProviderShape) {
  const { baseUrl, ...others } = shape
  return {
    create: z.strictObject({
      id: label,
      name: label.optional(),
      baseUrl,
      ...others,
      metadata: metadata.optional(),
    }),
    update: z.strictObject({
      name: label.nullish(),
      baseUrl: baseUrl.optional(),
      query: others.query.nullable(),
      dialects: others.dialects.nullable(),
      apiKey: others.apiKey.nullable(),
      headers: others.headers.nullable(),
      parameters: others.parameters.nullable(),
      allowPrivateNetwork: others.allowPrivateNetwork.nullable(),
      disabled: others.disabled.nullable(),
      models: others.models.nullable(),
      metadata: metadata.nullish(),
    }),
  }
}
