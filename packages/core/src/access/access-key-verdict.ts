import type { AccessKeyRecord, Moment } from './access-key.ts'
import { type AccessKeyPrincipal, toPrincipal } from './access-key-principal.ts'
import { hashToken, sameHash } from './access-key-token.ts'
import type { Governing } from './policies/governing.ts'
import { type End, earlier, type Refusal } from './refusal.ts'

/** What a token's record says about it, for as long as the record stays as it is. */
export type Verdict =
  | { readonly accepted: true; readonly principal: AccessKeyPrincipal; readonly end: End }
  | { readonly accepted: false; readonly refusal: Refusal; readonly id: string }

export interface StoredKey {
  readonly record: AccessKeyRecord
  readonly revoked: Moment | undefined
}

/** Only a caller who holds the secret learns more about a key than that it is unknown. */
export function judge(
  { id, text }: { readonly id: string; readonly text: string },
  stored: StoredKey | undefined,
  governing: Governing | undefined,
): Verdict {
  const own = stored && endOf(text, stored.record)
  if (!stored || !own || !governing) return { accepted: false, refusal: 'unknown', id }
  const { record, revoked } = stored
  if (revoked) return { accepted: false, refusal: 'revoked', id }
  if (record.disabled) return { accepted: false, refusal: 'disabled', id }
  if (governing.refusal !== undefined) return { accepted: false, refusal: governing.refusal, id }
  const at = governing.configuration?.expiresAt ?? Number.POSITIVE_INFINITY
  const end = earlier(own, { at, refusal: 'configuration expired' })
  return { accepted: true, principal: toPrincipal(record, governing), end }
}

/** Undefined when the token is none of this key's. */
function endOf(token: string, { hash, previous, expiresAt }: AccessKeyRecord): End | undefined {
  const presented = hashToken(token)
  const expiry: End = { at: expiresAt ?? Number.POSITIVE_INFINITY, refusal: 'expired' }
  if (sameHash(presented, hash)) return expiry
  if (!previous || !sameHash(presented, previous.hash)) return undefined
  return earlier(expiry, { at: previous.until, refusal: 'replaced' })
}
