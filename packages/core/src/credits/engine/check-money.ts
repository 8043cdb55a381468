import type { Nano } from '../../billing/money.ts'
import type { HoldLimits, SpendWindow } from '../driver.ts'
import type { AccountState, LimitUsage, PendingHold, SpendWindows } from './account-state.ts'
import { heldMs, longest, type Refusal } from './refusal.ts'
import { openWindow, windowEnd } from './spend-windows.ts'

export interface SpendCheck {
  readonly limits: readonly HoldLimits[]
  /** Of each set. */
  readonly usages: readonly LimitUsage[]
  readonly windows: SpendWindows
  readonly now: number
}

/** What wins where limits last alike comes first. */
const longestFirst = ['lifetime', 'month', 'week', 'day'] as const satisfies readonly SpendWindow[]

/** What of the available may be held: what the tightest limit on spending leaves of it, never below 0. */
export function affordable(available: Nano, check: SpendCheck): Nano {
  let most = available
  for (let index = 0; index < check.usages.length; index += 1) {
    const spend = check.limits[index]?.spend
    if (spend === undefined) continue
    for (const name of longestFirst) {
      const limit = spend[name]
      if (limit === undefined) continue
      const { spent, held } = openWindow(check.usages[index] as LimitUsage, name, check.windows)
      const room = limit - spent - held
      if (room < most) most = room
    }
  }
  return most > 0n ? most : 0n
}

/** What a call wants that may not have it. */
export interface MoneyDemand extends SpendCheck {
  /** More than what is affordable. */
  readonly minimum: Nano
  /** Of an extension: what the hold has does not come back to it. */
  readonly own?: PendingHold
}

/** Why so much is not affordable. */
export function refuseMoney(account: AccountState, demand: MoneyDemand): Refusal | undefined {
  let refusal = refuseCredits(account, demand)
  for (const [index, usage] of demand.usages.entries()) {
    const { id, spend = {} } = demand.limits[index] as HoldLimits
    for (const window of longestFirst) {
      const limit = spend[window]
      const spending = limit === undefined ? undefined : refuseSpending(usage, { demand, window, limit })
      if (spending) refusal = longest(refusal, { ...spending, id, window })
    }
  }
  return refusal
}

function refuseCredits(account: AccountState, { minimum, own }: MoneyDemand): Refusal | undefined {
  const { available, held } = account
  if (available >= minimum) return undefined
  const comesBack = held - (own?.amount ?? 0n)
  return { reason: 'insufficient', lastsMs: available + comesBack < minimum ? Infinity : heldMs }
}

interface Spending {
  readonly demand: MoneyDemand
  readonly window: SpendWindow
  readonly limit: Nano
}

function refuseSpending(usage: LimitUsage, { demand, window, limit }: Spending): Refusal | undefined {
  const { windows, now, minimum, own } = demand
  const { spent, held } = openWindow(usage, window, windows)
  const room = limit - spent - held
  if (room >= minimum) return undefined
  const isOwn = own !== undefined && own.windows[window] === windows[window]
  const comesBack = isOwn ? held - own.amount : held
  if (room + comesBack >= minimum) return { reason: 'spend_held', lastsMs: heldMs }
  return { reason: 'spend_limit', lastsMs: windowEnd(window, now) - now }
}
