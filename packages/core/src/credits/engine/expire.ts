import type { AccountState, PendingHold } from './account-state.ts'
import { appendRow } from './append-row.ts'
import type { EngineContext } from './engine.ts'
import { endGrants } from './expiring-grants.ts'
import { expireHold } from './settle.ts'

/**
 * Gives back expired holds, those that ended first before others, then takes back what is left of grants that
 * have ended.
 *
 * @returns How many holds were given back.
 */
export function expireAccount(
  context: EngineContext,
  account: AccountState,
  { limit, now }: { readonly limit: number; readonly now: number },
): number {
  const expired = limit > 0 && account.nextExpiry <= now ? takeExpired(account, { limit, now }) : []
  for (const hold of expired) expireHold(context, account, hold)
  endGrants(account, now, (ref, amount) => appendRow(context, account, { op: 'expire_grant', ref, amount }))
  return expired.length
}

/** Looks through every hold, which is seldom: behind it, none ends before the earliest that is left. */
function takeExpired(
  account: AccountState,
  { limit, now }: { readonly limit: number; readonly now: number },
): readonly PendingHold[] {
  const expired: PendingHold[] = []
  let next = Number.POSITIVE_INFINITY
  for (const hold of account.holds.values()) {
    if (hold.expiresAt <= now) expired.push(hold)
    else next = Math.min(next, hold.expiresAt)
  }
  expired.sort((left, right) => left.expiresAt - right.expiresAt)
  account.nextExpiry = Math.min(next, expired[limit]?.expiresAt ?? next)
  return expired.slice(0, limit)
}
