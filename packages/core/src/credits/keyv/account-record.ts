import type { SpendWindow } from '../driver.ts'
import {
  type AccountState,
  emptyAccount,
  keepHold,
  type LimitUsage,
  type PendingHold,
} from '../engine/account-state.ts'
import { emptyUsage } from '../engine/limit-usage.ts'
import { type LimitsRecord, limitsRecord, restoreHold } from '../engine/limits-record.ts'
import { windowNames } from '../engine/spend-windows.ts'

/** An account as one value, so that one write changes all of it or nothing. Amounts are decimal text. */
export interface AccountRecord {
  readonly unspent: string
  readonly spent: string
  readonly topups: string
  readonly seq: number
  readonly holds: readonly HoldRecord[]
  readonly usages: readonly UsageRecord[]
  readonly grants: readonly { ref: string; seq: number; expiresAt: number; remaining: string }[]
}

interface HoldRecord {
  readonly id: string
  readonly asked: string
  readonly amount: string
  readonly expiresAt: number
  readonly takenAt: number
  readonly limits: readonly LimitsRecord[]
}

interface UsageRecord extends Omit<LimitUsage, 'spend' | 'concurrency'> {
  /** Window id and what was spent in it. */
  readonly spend: Readonly<Record<SpendWindow, readonly [id: number, spent: string]>>
}

export function toRecord(account: AccountState): AccountRecord {
  const { available, held, spent, topups, seq, holds, usages, grants } = account
  return {
    unspent: String(available + held),
    spent: String(spent),
    topups: String(topups),
    seq,
    holds: Array.from(holds.values(), toHoldRecord),
    usages: Array.from(usages.values(), toUsageRecord),
    grants: grants.map((grant) => ({ ...grant, remaining: String(grant.remaining) })),
  }
}

function toHoldRecord({ id, asked, amount, expiresAt, takenAt, limits }: PendingHold): HoldRecord {
  const amounts = { asked: String(asked), amount: String(amount) }
  return { id, ...amounts, expiresAt, takenAt, limits: limitsRecord(limits) }
}

/** Concurrency and what is held follow from the holds. */
function toUsageRecord({ spend, concurrency: _, ...usage }: LimitUsage): UsageRecord {
  const window = (name: SpendWindow) => [spend[name].id, String(spend[name].spent)] as const
  return {
    ...usage,
    spend: { day: window('day'), week: window('week'), month: window('month'), lifetime: window('lifetime') },
  }
}

export function fromRecord(id: string, record: AccountRecord): AccountState {
  const account = emptyAccount(id)
  account.spent = BigInt(record.spent)
  account.topups = BigInt(record.topups)
  account.seq = record.seq
  for (const usage of record.usages) account.usages.set(usage.id, fromUsageRecord(usage))
  for (const hold of record.holds) addHold(account, hold)
  account.available = BigInt(record.unspent) - account.held
  account.grants = record.grants.map((grant) => ({ ...grant, remaining: BigInt(grant.remaining) }))
  return account
}

function fromUsageRecord({ spend, ...usage }: UsageRecord): LimitUsage {
  const state = { ...emptyUsage(usage.id), ...usage }
  for (const name of windowNames) {
    const [id, spent] = spend[name]
    state.spend[name].id = id
    state.spend[name].spent = BigInt(spent)
  }
  return state
}

function addHold(account: AccountState, { limits, asked, amount, ...record }: HoldRecord): void {
  const hold = { ...record, account: account.id, asked: BigInt(asked), amount: BigInt(amount) }
  keepHold(account, restoreHold(account, hold, limits))
}
