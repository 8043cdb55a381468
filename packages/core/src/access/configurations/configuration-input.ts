import { z } from 'zod'
import type { Metadata } from '../access-key.ts'
import { accountName, label, type MomentInput, metadata, moment, tags } from '../member-input.ts'
import { ipRangesSchema } from '../policies/address-ranges.ts'
import { limitsSchema } from '../policies/limits-input.ts'
import { type Routing, routingSchema } from '../policies/routing-input.ts'
import { scopeSchema } from '../policies/scope-input.ts'
import type { PolicyLimits, PolicyTimeouts, Scope, SelectionStrategyName } from '../policy.ts'

/** What makes an access key configuration; only `name` is needed. */
export interface CreateConfiguration {
  readonly name: string
  /** Lets only keys of this account link to it; steps that name provider keys need it. */
  readonly account?: string | undefined
  readonly description?: string | undefined
  readonly scope?: Scope | undefined
  readonly limits?: PolicyLimits | undefined
  readonly routing?: Routing | undefined
  readonly strategy?: SelectionStrategyName | undefined
  readonly timeouts?: PolicyTimeouts | undefined
  readonly ipRanges?: readonly string[] | undefined
  readonly expiresAt?: MomentInput | undefined
  readonly tags?: readonly string[] | undefined
  readonly metadata?: Metadata | undefined
}

/** A member left out stays as it is; null clears it. Each is replaced as a whole. */
export interface UpdateConfiguration {
  readonly name?: string | undefined
  readonly description?: string | null | undefined
  readonly scope?: Scope | null | undefined
  readonly limits?: PolicyLimits | null | undefined
  readonly routing?: Routing | null | undefined
  readonly strategy?: SelectionStrategyName | null | undefined
  readonly timeouts?: PolicyTimeouts | null | undefined
  readonly ipRanges?: readonly string[] | null | undefined
  readonly expiresAt?: MomentInput | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly metadata?: Metadata | null | undefined
}

const milliseconds = z.int().min(0).max(2_147_483_647).optional()

const timeouts = z.strictObject({
  connect: milliseconds,
  firstEvent: milliseconds,
  answer: milliseconds,
  idle: milliseconds,
  attempt: milliseconds,
  total: milliseconds,
})

const members = {
  description: label,
  scope: scopeSchema,
  limits: limitsSchema,
  routing: routingSchema,
  strategy: z.enum(['order', 'price', 'latency', 'throughput', 'random']),
  timeouts,
  ipRanges: ipRangesSchema,
  expiresAt: moment,
  tags,
  metadata,
}

export const createConfigurationSchema = z.strictObject({
  name: label,
  account: accountName.optional(),
  ...z.strictObject(members).partial().shape,
})

export const updateConfigurationSchema = z.strictObject({
  name: label.optional(),
  ...nullish(members),
})

/** Each may be left out, or null. */
function nullish<Members extends Readonly<Record<string, z.ZodType>>>(of: Members) {
  const entries = Object.entries(of).map(([name, schema]) => [name, schema.nullish()])
  return Object.fromEntries(entries) as {
    [Name in keyof Members]: z.ZodOptional<z.ZodNullable<Members[Name]>>
  }
}
