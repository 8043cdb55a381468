import { z } from 'zod'
import { label } from './access-key-input.ts'
import type { SealedSecret } from './secret-box.ts'

/** An account's own credential for a provider. */
export interface CreateProviderKey {
  /** Whose credential it is. */
  readonly account: string
  /** The provider it opens: `openai`. */
  readonly provider: string
  readonly name: string
  /** The provider's secret; never shown again. */
  readonly value: string
}

/** An account's own upstream credential as it is shown. Times are milliseconds since the epoch. */
export interface ProviderKey {
  readonly id: string
  readonly account: string
  readonly provider: string
  readonly name: string
  /** A well-known public prefix and the last four characters: `sk-proj-…wxyz`. */
  readonly redacted: string
  readonly createdAt: number
  readonly rotatedAt?: number
}

/** A provider key at rest. */
export interface ProviderKeyRecord extends ProviderKey {
  readonly sealed: SealedSecret
}

const secretValue = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')

export const createProviderKeySchema = z.strictObject({
  account: label,
  provider: label,
  name: label,
  value: secretValue,
})

export const rotateProviderKeySchema = z.strictObject({ value: secretValue })

/** Leaves out the ciphertext. */
export function describeProviderKey({ sealed: _, ...shown }: ProviderKeyRecord): ProviderKey {
  return shown
}
