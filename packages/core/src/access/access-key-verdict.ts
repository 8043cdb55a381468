import { GatewayError } from '../errors/gateway-error.ts'
import type { AccessKeyRecord, Moment } from './access-key.ts'
import { type AccessKeyPrincipal, toPrincipal } from './access-key-principal.ts'
import { hashToken, redactToken, sameHash } from './access-key-token.ts'

const refusals = {
  malformed: 'is malformed: it was cut off, mistyped, or is not a key of this gateway',
  unknown: 'is unknown',
  revoked: 'has been revoked',
  disabled: 'is disabled',
  expired: 'has expired',
  replaced: 'was replaced by a rotation',
} as const

export type Refusal = keyof typeof refusals

/** What a token's record says about it, for as long as the record stays as it is. */
export type Verdict =
  | { readonly accepted: true; readonly principal: AccessKeyPrincipal; readonly end: End }
  | { readonly accepted: false; readonly refusal: Refusal; readonly id: string }

/** When an accepted token stops working, milliseconds since the epoch, and why. */
interface End {
  readonly at: number
  readonly refusal: Refusal
}

export interface StoredKey {
  readonly record: AccessKeyRecord
  readonly revoked: Moment | undefined
}

/** Only a caller who holds the secret learns more about a key than that it is unknown. */
export function judge(token: { id: string; text: string }, stored: StoredKey | undefined): Verdict {
  const { id } = token
  const end = stored && endOf(token.text, stored.record)
  if (!stored || !end) return { accepted: false, refusal: 'unknown', id }
  if (stored.revoked) return { accepted: false, refusal: 'revoked', id }
  if (stored.record.disabled) return { accepted: false, refusal: 'disabled', id }
  return { accepted: true, principal: toPrincipal(stored.record), end }
}

/** Undefined when the token is none of this key's. */
function endOf(token: string, { hash, previous, expiresAt }: AccessKeyRecord): End | undefined {
  const presented = hashToken(token)
  const expiry: End = { at: expiresAt ?? Number.POSITIVE_INFINITY, refusal: 'expired' }
  if (sameHash(presented, hash)) return expiry
  if (!previous || !sameHash(presented, previous.hash)) return undefined
  return previous.until < expiry.at ? { at: previous.until, refusal: 'replaced' } : expiry
}

/** The 401 of a refusal; it names the public part of the key at most. */
export function refuse(refusal: Refusal, id?: string): GatewayError {
  const key = id === undefined ? 'The access key' : `The access key ${redactToken(id)}`
  return new GatewayError({ code: 'invalid_api_key', message: `${key} ${refusals[refusal]}.` })
}
