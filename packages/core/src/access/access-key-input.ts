import { z } from 'zod'
import type { AccessKeyLimits, Metadata } from './access-key.ts'
import { accountName, label, type MomentInput, metadata, moment, tags } from './member-input.ts'
import { ipRangesSchema } from './policies/address-ranges.ts'
import { limitsSchema } from './policies/limits-input.ts'
import { scopeSchema } from './policies/scope-input.ts'
import type { Scope } from './policy.ts'

export { label } from './member-input.ts'

/** What makes an access key; only `account` is needed. */
export interface CreateAccessKey {
  /** Who pays. */
  readonly account: string
  readonly name?: string | undefined
  readonly description?: string | undefined
  /** The id of the access key configuration to link to; one of this account's, or of none. */
  readonly configuration?: string | undefined
  readonly expiresAt?: MomentInput | undefined
  readonly limits?: AccessKeyLimits | undefined
  readonly scope?: Scope | undefined
  /** Addresses that calls may come from: `10.0.0.0/8`, `2001:db8::/32`. An empty list is none. */
  readonly ipRanges?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
  readonly metadata?: Metadata | undefined
}

/** A member left out stays as it is; null clears it. Each is replaced as a whole. */
export interface UpdateAccessKey {
  readonly name?: string | null | undefined
  readonly description?: string | null | undefined
  readonly configuration?: string | null | undefined
  readonly expiresAt?: MomentInput | null | undefined
  readonly disabled?: boolean | null | undefined
  readonly limits?: AccessKeyLimits | null | undefined
  readonly scope?: Scope | null | undefined
  readonly ipRanges?: readonly string[] | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly metadata?: Metadata | null | undefined
}

/** Which keys to list. */
export interface AccessKeyFilter {
  readonly account?: string | undefined
  /** Those that link to this access key configuration. */
  readonly configuration?: string | undefined
}

/** How a token is replaced while its key keeps its id, limits and history. */
export interface RotateAccessKey {
  /** How long the old token goes on working. @default 0 */
  readonly overlapMs?: number | undefined
}

export const createSchema = z.strictObject({
  account: accountName,
  name: label.optional(),
  description: label.optional(),
  configuration: label.optional(),
  expiresAt: moment.optional(),
  limits: limitsSchema.optional(),
  scope: scopeSchema.optional(),
  ipRanges: ipRangesSchema.optional(),
  tags: tags.optional(),
  metadata: metadata.optional(),
})

export const updateSchema = z.strictObject({
  name: label.nullish(),
  description: label.nullish(),
  configuration: label.nullish(),
  expiresAt: moment.nullish(),
  disabled: z.boolean().nullish(),
  limits: limitsSchema.nullish(),
  scope: scopeSchema.nullish(),
  ipRanges: ipRangesSchema.nullish(),
  tags: tags.nullish(),
  metadata: metadata.nullish(),
})

export const filterSchema = z.strictObject({
  account: z.string().optional(),
  configuration: z.string().optional(),
})

export const rotateSchema = z.strictObject({
  overlapMs: z
    .int()
    .min(0)
    .max(365 * 24 * 3600 * 1000)
    .optional(),
})
