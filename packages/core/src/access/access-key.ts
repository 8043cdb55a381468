import { redactToken } from './access-key-token.ts'
import type { PolicyLimits, Scope } from './policy.ts'

/** Limits of one access key, beside the balance of its account. */
export type AccessKeyLimits = PolicyLimits

/** JSON of at most 4096 characters, kept as given. */
export type Metadata = Readonly<Record<string, unknown>>

/** An access key as it is shown. Times are milliseconds since the epoch. */
export interface AccessKey {
  readonly id: string
  readonly account: string
  /** `tg_<id>_…` */
  readonly redacted: string
  readonly name?: string
  readonly description?: string
  /** The access key configuration it links to. */
  readonly configuration?: string
  readonly createdAt: number
  readonly expiresAt?: number
  readonly disabled: boolean
  /** Set once and for ever. */
  readonly revokedAt?: number
  /** About 10 seconds behind at most. */
  readonly lastUsedAt?: number
  /** Until when the token before the last rotation works. */
  readonly previousTokenUntil?: number
  readonly limits?: AccessKeyLimits
  /** Beside that of its configuration and its account: all must allow a call. */
  readonly scope?: Scope
  /** Addresses that calls may come from; an empty list is none. */
  readonly ipRanges?: readonly string[]
  readonly tags?: readonly string[]
  readonly metadata?: Metadata
}

/** A key just made or rotated: the only time that its token is known. */
export interface CreatedAccessKey extends AccessKey {
  readonly token: string
}

/** An access key at rest. Revocation and last use are records of their own. */
export interface AccessKeyRecord {
  readonly id: string
  readonly account: string
  readonly name?: string
  readonly description?: string
  readonly configuration?: string
  /** SHA-256 of the whole token. */
  readonly hash: string
  /** The token before the last rotation, and until when it works. */
  readonly previous?: { readonly hash: string; readonly until: number }
  readonly createdAt: number
  readonly expiresAt?: number
  readonly disabled?: boolean
  readonly limits?: AccessKeyLimits
  readonly scope?: Scope
  readonly ipRanges?: readonly string[]
  readonly tags?: readonly string[]
  readonly metadata?: Metadata
}

/** When something happened, milliseconds since the epoch. */
export interface Moment {
  readonly at: number
}

/** Leaves out the hashes. */
export function describeAccessKey(
  { hash: _, previous, disabled = false, ...shown }: AccessKeyRecord,
  { revoked, used }: { readonly revoked: Moment | undefined; readonly used: Moment | undefined },
): AccessKey {
  return {
    ...shown,
    disabled,
    redacted: redactToken(shown.id),
    ...(revoked && { revokedAt: revoked.at }),
    ...(used && { lastUsedAt: used.at }),
    ...(previous && { previousTokenUntil: previous.until }),
  }
}
