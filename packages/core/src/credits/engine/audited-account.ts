import type { AccountState, LimitUsage } from './account-state.ts'
import type { AuditedAccount, AuditedUsage } from './audit.ts'
import { balanceOf } from './balance-of.ts'

/** An account in memory as its audit wants it: a copy, since its calls go on. */
export function auditedAccount(state: AccountState): AuditedAccount {
  return {
    account: state.id,
    balance: balanceOf(state),
    pending: Array.from(state.holds.values(), ({ amount, limits }) => ({
      amount,
      limits: limits.map(({ id }) => id),
    })),
    usages: Array.from(state.usages.values(), auditedUsage),
    grants: state.grants.map(({ ref, remaining }) => ({ ref, remaining })),
  }
}

function auditedUsage({ id, spend, concurrency }: LimitUsage): AuditedUsage {
  return { id, spent: spend.lifetime.spent, held: spend.lifetime.held, concurrency }
}
