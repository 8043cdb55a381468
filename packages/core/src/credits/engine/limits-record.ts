import type { HoldLimits, SpendWindow } from '../driver.ts'
import type { AccountState, PendingHold } from './account-state.ts'
import { emptyUsage } from './limit-usage.ts'
import { moveInWindows, openWindow, windowNames, windowsAt } from './spend-windows.ts'

/** What a store keeps of the limits of a hold: JSON has no bigint, so amounts are decimal text. */
export interface LimitsRecord {
  readonly id: string
  readonly spend?: { readonly [Window in SpendWindow]?: string }
}

/** Of a hold that has been taken, only the limits on spending may yet refuse. */
export function limitsRecord(limits: readonly HoldLimits[]): readonly LimitsRecord[] {
  return limits.map(({ id, spend }) => ({ id, ...(spend && { spend: mapSpend(spend, String) }) }))
}

/** A stored hold as it counts in its account, whose sets of limits have been read. */
export function restoreHold(
  account: AccountState,
  hold: Omit<PendingHold, 'limits' | 'usages' | 'windows'>,
  records: readonly LimitsRecord[],
): PendingHold {
  const limits = records.map(({ id, spend }) => ({ id, ...(spend && { spend: mapSpend(spend, BigInt) }) }))
  const windows = windowsAt(hold.takenAt)
  const usages = limits.map(({ id }) => {
    const usage = account.usages.get(id) ?? emptyUsage(id)
    account.usages.set(id, usage)
    usage.concurrency += 1
    // The hold may have been the first in its windows, and those are written with what is spent in them.
    for (const name of windowNames) if (usage.spend[name].id < windows[name]) openWindow(usage, name, windows)
    return usage
  })
  moveInWindows(usages, windows, { held: hold.amount, spent: 0n })
  account.held += hold.amount
  return { ...hold, limits, usages, windows }
}

type Spend<Amount> = { readonly [Window in SpendWindow]?: Amount | undefined }

/** The limits of some windows, in another form. */
export function mapSpend<From, To>(
  spend: Spend<From>,
  map: (amount: From) => To,
): { [Window in SpendWindow]?: To } {
  const mapped: { [Window in SpendWindow]?: To } = {}
  for (const name of windowNames) {
    const amount = spend[name]
    if (amount !== undefined) mapped[name] = map(amount)
  }
  return mapped
}
