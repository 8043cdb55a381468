import { z } from 'zod'
import { GatewayError } from '../errors/gateway-error.ts'
import { isStoredName, nameRule } from '../store/stored-name.ts'

/** A moment: a Date, milliseconds since the epoch, or ISO 8601 text with a time zone. */
export type MomentInput = Date | number | string

/** A text that names something. */
export const label = z.string().min(1).max(255)

/** The name of an account. */
export const accountName = z.string().min(1).max(256).refine(isStoredName, nameRule)

export const accountSchema = z.strictObject({ account: accountName })

export const metadata = z
  .record(z.string(), z.json())
  .refine((value) => JSON.stringify(value).length <= 4096, 'must be at most 4096 characters of JSON')

export const moment = z
  .union([z.date(), z.int(), z.iso.datetime({ offset: true })], {
    error: 'must be a Date, milliseconds since 1970, or ISO 8601 text with a time zone',
  })
  .transform((value) => new Date(value).getTime())

/** Words that usage is told apart by. */
export const tags = z.array(z.string().min(1).max(64)).max(32)

/** What a change is based on. */
export const versionSchema = z.strictObject({ version: z.int().min(0).optional() })

/**
 * An end that has passed already is always a mistake, most often seconds in place of milliseconds.
 *
 * @throws GatewayError `invalid_request` that names `expiresAt`.
 */
export function assertFuture(expiresAt: number | null | undefined, now: number): void {
  if (typeof expiresAt !== 'number' || expiresAt > now) return
  const message = '"expiresAt" must lie in the future; numbers are milliseconds since 1970.'
  throw new GatewayError({ code: 'invalid_request', message, param: 'expiresAt' })
}

type Nullable<Value> = { [Name in keyof Value]: Value[Name] | null }

/** A record as it is stored: members that are null are left out. */
export function withoutNull<Record extends object>(members: Nullable<Record>): Record {
  const kept = Object.entries(members).filter(([, value]) => value !== null)
  return Object.fromEntries(kept) as Record
}

export interface VersionCheck {
  /** What the record is, for the message: `access key configuration`. */
  readonly what: string
  readonly id: string
  readonly stored: number
  /** What the change is based on. */
  readonly expected: number | undefined
}

/** @throws GatewayError `version_conflict`: somebody else has changed it meanwhile. */
export function assertVersion({ what, id, stored, expected }: VersionCheck): void {
  if (expected === undefined || expected === stored) return
  throw new GatewayError({
    code: 'version_conflict',
    message: `The ${what} "${id}" has changed: its version is ${stored} and not ${expected}. Read it again.`,
    param: 'version',
  })
}
