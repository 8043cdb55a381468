import type { KeyLimits } from '../driver.ts'
import {
  type AccountState,
  emptyAccount,
  keepHold,
  type PendingHold,
  type SpendWindows,
} from '../engine/account-state.ts'
import { emptyKey } from '../engine/key-limits.ts'
import { moveInWindows, windowNames } from '../engine/spend-windows.ts'
import type { SqliteRow } from './row-codec.ts'
import type { Statements } from './statements.ts'

/** An account as the file has it: what is unspent and not in a written hold is available. */
export function loadAccount(statements: Statements, id: string): AccountState | undefined {
  const row = statements.account.get(id)
  if (!row) return undefined
  const account = emptyAccount(id)
  account.spent = row.spent as bigint
  account.topups = row.topups as bigint
  account.seq = Number(row.seq)
  for (const key of statements.keys.all(id)) loadKey(account, key)
  for (const hold of statements.holds.all(id)) loadHold(account, hold)
  account.available = (row.unspent as bigint) - account.held
  account.grants = statements.grants.all(id).map((grant) => ({
    ref: grant.ref as string,
    seq: Number(grant.seq),
    expiresAt: Number(grant.expires_at),
    remaining: grant.remaining as bigint,
  }))
  account.grantsStored = account.grants.length > 0
  return account
}

function keyOf(account: AccountState, id: string) {
  const key = account.keys.get(id) ?? emptyKey(id)
  account.keys.set(id, key)
  return key
}

function loadKey(account: AccountState, row: SqliteRow): void {
  const { spend } = keyOf(account, row.key as string)
  for (const name of windowNames) {
    spend[name].id = Number(row[name] ?? 0n)
    spend[name].spent = row[`${name}_spent`] as bigint
  }
}

function loadHold(account: AccountState, row: SqliteRow): void {
  const key = row.key === null ? undefined : keyOf(account, row.key as string)
  const windows = row.windows === null ? undefined : (JSON.parse(row.windows as string) as SpendWindows)
  const hold: PendingHold = {
    id: row.id as string,
    account: account.id,
    asked: row.asked as bigint,
    amount: row.amount as bigint,
    key,
    limits: row.limits === null ? undefined : decodeLimits(row.limits as string),
    windows,
    expiresAt: Number(row.expires_at),
    takenAt: Number(row.taken_at),
  }
  keepHold(account, hold)
  account.held += hold.amount
  if (!key || !windows) return
  key.concurrency += 1
  moveInWindows(key, windows, { held: hold.amount, spent: 0n })
}

/** JSON has no bigint: the limit on spending is written as text. */
export function encodeLimits(limits: KeyLimits): string {
  const { spendLimit } = limits
  return JSON.stringify({ ...limits, ...(spendLimit !== undefined && { spendLimit: String(spendLimit) }) })
}

function decodeLimits(text: string): KeyLimits {
  const { spendLimit, ...limits } = JSON.parse(text) as Omit<KeyLimits, 'spendLimit'> & {
    readonly spendLimit?: string
  }
  return spendLimit === undefined ? limits : { ...limits, spendLimit: BigInt(spendLimit) }
}
