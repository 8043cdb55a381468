import { minNano, type Nano } from '../../billing/money.ts'
import type { AccountState, ExpiringGrant } from './account-state.ts'

type Grants = Pick<AccountState, 'grants'>

/** Keeps the order of expiry. */
export function addGrant(account: Grants, grant: ExpiringGrant): void {
  account.grants = [...account.grants, grant].sort(
    (left, right) => left.expiresAt - right.expiresAt || left.seq - right.seq,
  )
}

/** What is spent comes out of the credits that end first. */
export function consumeGrants(account: Grants, amount: Nano): void {
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

/**
 * Takes back what is left of grants that have ended, one after another. Credits that calls hold stay theirs:
 * what such a call does not spend is taken when it is over.
 *
 * @param record Called behind each, while the account is as its row must show it.
 */
export function endGrants(
  account: AccountState,
  now: number,
  record: (ref: string, taken: Nano) => void,
): void {
  const first = account.grants[0]
  if (!first || first.expiresAt > now || account.available === 0n) return
  const grants = account.grants
  for (const grant of grants) {
    if (grant.expiresAt > now || account.available === 0n) break
    const taken = minNano(grant.remaining, account.available)
    grant.remaining -= taken
    account.available -= taken
    account.topups -= taken
    account.grants = grants.filter(({ remaining }) => remaining > 0n)
    record(grant.ref, taken)
  }
}
