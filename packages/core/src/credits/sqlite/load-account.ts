import { type AccountState, emptyAccount, keepHold } from '../engine/account-state.ts'
import { emptyUsage } from '../engine/limit-usage.ts'
import { type LimitsRecord, restoreHold } from '../engine/limits-record.ts'
import { windowNames } from '../engine/spend-windows.ts'
import type { SqliteRow } from './row-codec.ts'
import type { Statements } from './statements.ts'

/** An account that has no row yet: it may have holds of nothing. */
const noRow: SqliteRow = { unspent: 0n, spent: 0n, topups: 0n, seq: 0n }

/** An account as the file has it: what is unspent and not in a written hold is available. */
export function loadAccount(statements: Statements, id: string): AccountState | undefined {
  const row = statements.account.get(id)
  const holds = statements.holds.all(id)
  if (!row && holds.length === 0) return undefined
  const { unspent, spent, topups, seq } = row ?? noRow
  const account = emptyAccount(id)
  account.spent = spent as bigint
  account.topups = topups as bigint
  account.seq = Number(seq)
  for (const usage of statements.usages.all(id)) loadUsage(account, usage)
  for (const hold of holds) loadHold(account, hold)
  account.available = (unspent as bigint) - account.held
  account.grants = statements.grants.all(id).map((grant) => ({
    ref: grant.ref as string,
    seq: Number(grant.seq),
    expiresAt: Number(grant.expires_at),
    remaining: grant.remaining as bigint,
  }))
  account.grantsStored = account.grants.length > 0
  return account
}

function loadUsage({ usages }: AccountState, row: SqliteRow): void {
  const usage = emptyUsage(row.id as string)
  for (const name of windowNames) {
    const counter = usage.spend[name]
    counter.id = Number(row[name] ?? 0n)
    counter.spent = row[`${name}_spent`] as bigint
  }
  usages.set(usage.id, usage)
}

function loadHold(account: AccountState, row: SqliteRow): void {
  const hold = {
    id: row.id as string,
    account: account.id,
    asked: row.asked as bigint,
    amount: row.amount as bigint,
    expiresAt: Number(row.expires_at),
    takenAt: Number(row.taken_at),
  }
  const limits = row.limits === null ? [] : (JSON.parse(row.limits as string) as LimitsRecord[])
  keepHold(account, restoreHold(account, hold, limits))
}
