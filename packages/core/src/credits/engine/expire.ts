import type { AccountState } from './account-state.ts'
import { appendRow } from './append-row.ts'
import type { EngineContext } from './engine.ts'
import { endGrants } from './expiring-grants.ts'
import { expireHold } from './settle.ts'

/**
 * Gives back expired holds, then takes back what is left of grants that have ended.
 *
 * @returns How many holds were given back.
 */
export function expireAccount(
  context: EngineContext,
  account: AccountState,
  { limit, now }: { readonly limit: number; readonly now: number },
): number {
  let given = 0
  if (limit > 0) {
    // Holds are in the order of their taking, and most have the same length: the oldest end first.
    for (const hold of account.holds.values()) {
      if (given >= limit || hold.expiresAt > now) break
      expireHold(context, account, hold)
      given += 1
    }
  }
  endGrants(account, now, (ref, amount) => appendRow(context, account, { op: 'expire_grant', ref, amount }))
  return given
}
