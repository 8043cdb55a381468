import type { Nano } from '../../billing/money.ts'
import type { HoldLimits } from '../driver.ts'
import type { AccountState, LimitUsage, PendingHold, SpendWindows } from './account-state.ts'
import { moveInWindows, openWindow, windowNames } from './spend-windows.ts'

export const minuteMs = 60_000

const none: readonly LimitUsage[] = []

/** A set of limits that has counted nothing. */
export function emptyUsage(id: string): LimitUsage {
  const counter = () => ({ id: 0, spent: 0n, held: 0n })
  return {
    id,
    spend: { day: counter(), week: counter(), month: counter(), lifetime: counter() },
    concurrency: 0,
    minute: 0,
    requests: 0,
    tokens: 0,
    previousRequests: 0,
    previousTokens: 0,
  }
}

/** What each set has counted; a set that is new is not the account's yet. */
export function usagesOf({ usages }: AccountState, limits: readonly HoldLimits[]): readonly LimitUsage[] {
  if (limits.length === 0) return none
  return limits.map(({ id }) => usages.get(id) ?? emptyUsage(id))
}

export interface Counted {
  readonly usages: readonly LimitUsage[]
  readonly windows: SpendWindows
  readonly tokens: number
}

/** Counts a call that may go in every set. */
export function countHold(account: AccountState, { usages, windows, tokens }: Counted, amount: Nano): void {
  for (const usage of usages) {
    for (const name of windowNames) openWindow(usage, name, windows)
    usage.concurrency += 1
    usage.requests += 1
    usage.tokens += tokens
    account.usages.set(usage.id, usage)
  }
  moveInWindows(usages, windows, { held: amount, spent: 0n })
}

/** Gives back what a hold took, less what was spent. Requests and tokens stay counted for their minute. */
export function uncountHold({ usages, windows, amount }: PendingHold, spent: Nano): void {
  moveInWindows(usages, windows, { held: -amount, spent })
  for (const usage of usages) usage.concurrency -= 1
}

/** Two fixed windows: the previous one counts by the share of it that the last sixty seconds still hold. */
export function turnMinute(usage: LimitUsage, now: number): void {
  const minute = Math.floor(now / minuteMs)
  if (usage.minute === minute) return
  const follows = usage.minute === minute - 1
  usage.previousRequests = follows ? usage.requests : 0
  usage.previousTokens = follows ? usage.tokens : 0
  usage.requests = 0
  usage.tokens = 0
  usage.minute = minute
}
