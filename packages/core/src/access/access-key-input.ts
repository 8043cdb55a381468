import { z } from 'zod'
import { parseUsd } from '../billing/money.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { isStoredName, nameRule } from '../store/stored-name.ts'
import type { AccessKeyLimits, Metadata } from './access-key.ts'

/** A moment: a Date, milliseconds since the epoch, or ISO 8601 text with a time zone. */
export type MomentInput = Date | number | string

/** What makes an access key; only `account` is needed. */
export interface CreateAccessKey {
  /** Who pays. */
  readonly account: string
  readonly name?: string | undefined
  /** The access key configuration to link to. */
  readonly configuration?: string | undefined
  readonly expiresAt?: MomentInput | undefined
  readonly limits?: AccessKeyLimits | undefined
  readonly metadata?: Metadata | undefined
}

/** A member left out stays as it is; null clears it. `limits` and `metadata` are replaced as a whole. */
export interface UpdateAccessKey {
  readonly name?: string | null | undefined
  readonly configuration?: string | null | undefined
  readonly expiresAt?: MomentInput | null | undefined
  readonly disabled?: boolean | null | undefined
  readonly limits?: AccessKeyLimits | null | undefined
  readonly metadata?: Metadata | null | undefined
}

/** How a token is replaced while its key keeps its id, limits and history. */
export interface RotateAccessKey {
  /** How long the old token goes on working. @default 0 */
  readonly overlapMs?: number | undefined
}

/** A text that names something. */
export const label = z.string().min(1).max(255)

const count = z.int().min(1).max(1_000_000_000)

const usd = z.string().superRefine((text, context) => {
  try {
    parseUsd(text, 'limit')
  } catch {
    context.addIssue('must be US dollars as decimal text, for instance "5.00"')
  }
})

const limits = z.strictObject({
  spend: z
    .strictObject({ limit: usd, window: z.enum(['day', 'week', 'month', 'lifetime']).optional() })
    .optional(),
  rpm: count.optional(),
  tpm: count.optional(),
  concurrency: count.optional(),
})

const metadata = z
  .record(z.string(), z.json())
  .refine((value) => JSON.stringify(value).length <= 4096, 'must be at most 4096 characters of JSON')

const moment = z
  .union([z.date(), z.int(), z.iso.datetime({ offset: true })], {
    error: 'must be a Date, milliseconds since 1970, or ISO 8601 text with a time zone',
  })
  .transform((value) => new Date(value).getTime())

export const createSchema = z.strictObject({
  account: label.refine(isStoredName, nameRule),
  name: label.optional(),
  configuration: label.optional(),
  expiresAt: moment.optional(),
  limits: limits.optional(),
  metadata: metadata.optional(),
})

export const updateSchema = z.strictObject({
  name: label.nullish(),
  configuration: label.nullish(),
  expiresAt: moment.nullish(),
  disabled: z.boolean().nullish(),
  limits: limits.nullish(),
  metadata: metadata.nullish(),
})

export const rotateSchema = z.strictObject({
  overlapMs: z
    .int()
    .min(0)
    .max(365 * 24 * 3600 * 1000)
    .optional(),
})

/**
 * A key that has expired already is always a mistake, most often seconds in place of milliseconds.
 *
 * @throws GatewayError `invalid_request` that names `expiresAt`.
 */
export function assertFuture(expiresAt: number | null | undefined, now: number): void {
  if (typeof expiresAt !== 'number' || expiresAt > now) return
  const message = '"expiresAt" must lie in the future; numbers are milliseconds since 1970.'
  throw new GatewayError({ code: 'invalid_request', message, param: 'expiresAt' })
}
