import type { Nano } from '../../billing/money.ts'
import type { SpendWindow } from '../driver.ts'
import type { LimitUsage, SpendWindows, WindowCounter } from './account-state.ts'

const dayMs = 86_400_000
export const windowNames: readonly SpendWindow[] = ['day', 'week', 'month', 'lifetime']

let known: { day: number; windows: SpendWindows } | undefined

/** The UTC windows that a moment is in; weeks begin on Monday. */
export function windowsAt(now: number): SpendWindows {
  const day = Math.floor(now / dayMs)
  if (known?.day !== day) {
    const date = new Date(now)
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth()
    // The epoch began on a Thursday, three days after a Monday.
    known = { day, windows: { day, week: Math.floor((day + 3) / 7), month, lifetime: 0 } }
  }
  return known.windows
}

/** When the window that a moment is in is over; a lifetime never is. */
export function windowEnd(name: SpendWindow, now: number): number {
  const { day, week, month } = windowsAt(now)
  if (name === 'day') return (day + 1) * dayMs
  if (name === 'week') return ((week + 1) * 7 - 3) * dayMs
  return name === 'month' ? Date.UTC(Math.floor((month + 1) / 12), (month + 1) % 12) : Infinity
}

/** The counter of the present window; one of a past window begins anew. */
export function openWindow(usage: LimitUsage, name: SpendWindow, windows: SpendWindows): WindowCounter {
  const counter = usage.spend[name]
  if (counter.id === windows[name]) return counter
  counter.id = windows[name]
  counter.spent = 0n
  counter.held = 0n
  return counter
}

interface Movement {
  readonly held: Nano
  readonly spent: Nano
}

/** Moves amounts in every window that is still the one they were counted in. */
export function moveInWindows(
  usages: readonly LimitUsage[],
  windows: SpendWindows,
  { held, spent }: Movement,
): void {
  for (const usage of usages) {
    for (const name of windowNames) {
      const counter = usage.spend[name]
      if (counter.id !== windows[name]) continue
      counter.held += held
      counter.spent += spent
    }
  }
}

/** Counts what is spent without a hold in every present window. */
export function spendNow(usage: LimitUsage, windows: SpendWindows, spent: Nano): void {
  for (const name of windowNames) openWindow(usage, name, windows).spent += spent
}
