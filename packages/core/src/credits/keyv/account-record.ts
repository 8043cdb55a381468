import type { KeyLimits } from '../driver.ts'
import {
  type AccountState,
  emptyAccount,
  type KeyState,
  keepHold,
  type PendingHold,
  type SpendWindows,
  type WindowName,
} from '../engine/account-state.ts'
import { emptyKey } from '../engine/key-limits.ts'
import { moveInWindows, windowNames } from '../engine/spend-windows.ts'

/** An account as one value, so that one write changes all of it or nothing. Amounts are decimal text. */
export interface AccountRecord {
  readonly unspent: string
  readonly spent: string
  readonly topups: string
  readonly seq: number
  readonly holds: readonly HoldRecord[]
  readonly keys: readonly KeyRecord[]
  readonly grants: readonly { ref: string; seq: number; expiresAt: number; remaining: string }[]
}

interface HoldRecord {
  readonly id: string
  readonly asked: string
  readonly amount: string
  readonly expiresAt: number
  readonly takenAt: number
  readonly key?: string | undefined
  readonly windows?: SpendWindows | undefined
  readonly limits?: LimitsRecord | undefined
}

type LimitsRecord = Omit<KeyLimits, 'spendLimit'> & { readonly spendLimit?: string }

interface KeyRecord extends Omit<KeyState, 'spend' | 'concurrency'> {
  /** Window id and what was spent in it. */
  readonly spend: Readonly<Record<WindowName, readonly [id: number, spent: string]>>
}

export function toRecord(account: AccountState): AccountRecord {
  const { available, held, spent, topups, seq, holds, keys, grants } = account
  return {
    unspent: String(available + held),
    spent: String(spent),
    topups: String(topups),
    seq,
    holds: Array.from(holds.values(), toHoldRecord),
    keys: Array.from(keys.values(), toKeyRecord),
    grants: grants.map((grant) => ({ ...grant, remaining: String(grant.remaining) })),
  }
}

function toHoldRecord({ account: _, key, limits, asked, amount, ...hold }: PendingHold): HoldRecord {
  const { spendLimit, ...others } = limits ?? { id: '' }
  const record = { ...others, ...(spendLimit !== undefined && { spendLimit: String(spendLimit) }) }
  return { ...hold, asked: String(asked), amount: String(amount), key: key?.id, limits: limits && record }
}

/** Concurrency and what is held follow from the holds. */
function toKeyRecord({ spend, concurrency: _, ...key }: KeyState): KeyRecord {
  const window = (name: WindowName) => [spend[name].id, String(spend[name].spent)] as const
  return {
    ...key,
    spend: { day: window('day'), week: window('week'), month: window('month'), lifetime: window('lifetime') },
  }
}

export function fromRecord(id: string, record: AccountRecord): AccountState {
  const account = emptyAccount(id)
  account.spent = BigInt(record.spent)
  account.topups = BigInt(record.topups)
  account.seq = record.seq
  for (const key of record.keys) account.keys.set(key.id, fromKeyRecord(key))
  for (const hold of record.holds) addHold(account, hold)
  account.available = BigInt(record.unspent) - account.held
  account.grants = record.grants.map((grant) => ({ ...grant, remaining: BigInt(grant.remaining) }))
  return account
}

function fromKeyRecord({ spend, ...key }: KeyRecord): KeyState {
  const state = { ...emptyKey(key.id), ...key }
  for (const name of windowNames) {
    const [id, spent] = spend[name]
    state.spend[name].id = id
    state.spend[name].spent = BigInt(spent)
  }
  return state
}

function addHold(account: AccountState, record: HoldRecord): void {
  const { limits, key: keyId, windows, ...rest } = record
  const key = keyId === undefined ? undefined : account.keys.get(keyId)
  const amount = BigInt(record.amount)
  const hold: PendingHold = {
    ...rest,
    account: account.id,
    asked: BigInt(record.asked),
    amount,
    key,
    windows,
    limits: limits && fromLimits(limits),
  }
  keepHold(account, hold)
  account.held += amount
  if (!key || !windows) return
  key.concurrency += 1
  moveInWindows(key, windows, { held: amount, spent: 0n })
}

function fromLimits({ spendLimit, ...limits }: LimitsRecord): KeyLimits {
  return spendLimit === undefined ? limits : { ...limits, spendLimit: BigInt(spendLimit) }
}
