import type { AccountState, KeyState } from './account-state.ts'
import type { AuditedAccount, AuditedKey } from './audit.ts'
import { balanceOf } from './balance-of.ts'

/** An account in memory as its audit wants it: a copy, since its calls go on. */
export function auditedAccount(state: AccountState): AuditedAccount {
  return {
    account: state.id,
    balance: balanceOf(state),
    pending: Array.from(state.holds.values(), ({ amount, key }) => ({ amount, key: key?.id })),
    keys: Array.from(state.keys.values(), auditedKey),
    grants: state.grants.map(({ ref, remaining }) => ({ ref, remaining })),
  }
}

function auditedKey({ id, spend, concurrency }: KeyState): AuditedKey {
  return { id, spent: spend.lifetime.spent, held: spend.lifetime.held, concurrency }
}
