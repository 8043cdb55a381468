import { minNano, type Nano } from '../../billing/money.ts'
import type { AccountState, ExpiringGrant } from './account-state.ts'

/** Keeps the order of expiry. */
export function addGrant(account: AccountState, grant: ExpiringGrant): void {
  account.grants = [...account.grants, grant].sort((left, right) => left.expiresAt - right.expiresAt)
}

/** What is spent comes out of the credits that end first. */
export function consumeGrants(account: AccountState, amount: Nano): void {
  if (account.grants.length === 0) return
  let rest = amount
  for (const grant of account.grants) {
    const taken = minNano(rest, grant.remaining)
    grant.remaining -= taken
    rest -= taken
    if (rest === 0n) break
  }
  account.grants = account.grants.filter(({ remaining }) => remaining > 0n)
}

export interface EndedGrant {
  readonly ref: string
  readonly taken: Nano
}

/**
 * Takes back what is left of grants that have ended. Credits that calls hold stay theirs: what such a call
 * does not spend is taken when it is over.
 */
export function endGrants(account: AccountState, now: number): EndedGrant[] {
  const first = account.grants[0]
  if (!first || first.expiresAt > now) return []
  const ended: EndedGrant[] = []
  for (const grant of account.grants) {
    if (grant.expiresAt > now || account.available === 0n) break
    const taken = minNano(grant.remaining, account.available)
    grant.remaining -= taken
    account.available -= taken
    account.topups -= taken
    ended.push({ ref: grant.ref, taken })
  }
  account.grants = account.grants.filter(({ remaining }) => remaining > 0n)
  return ended
}
