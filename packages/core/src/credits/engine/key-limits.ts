import type { Nano } from '../../billing/money.ts'
import type { HoldRefusal, KeyLimits } from '../driver.ts'
import type { KeyState, PendingHold, SpendWindows } from './account-state.ts'
import { moveInWindows, openWindow, windowNames } from './spend-windows.ts'

const minuteMs = 60_000

export interface KeyRefusal {
  readonly reason: HoldRefusal
  readonly retryAfterMs?: number
}

/** A key that has used nothing. */
export function emptyKey(id: string): KeyState {
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

export interface KeyCheck {
  readonly key: KeyState
  readonly limits: KeyLimits
  readonly windows: SpendWindows
  readonly now: number
}

/** Every limit of a key but the one on money, without changing anything. Undefined when the call may go. */
export function checkKey({ key, limits, now }: KeyCheck): KeyRefusal | undefined {
  turnMinute(key, now)
  if (limits.concurrency !== undefined && key.concurrency >= limits.concurrency) {
    return { reason: 'concurrency', retryAfterMs: 1000 }
  }
  const rest = 1 - (now % minuteMs) / minuteMs
  if (limits.rpm !== undefined && key.previousRequests * rest + key.requests + 1 > limits.rpm) {
    return {
      reason: 'rpm',
      retryAfterMs: waitFor(limits.rpm, { previous: key.previousRequests, wanted: key.requests + 1 }, now),
    }
  }
  const asked = limits.estTokens ?? 0
  if (limits.tpm !== undefined && key.previousTokens * rest + key.tokens + asked > limits.tpm) {
    return {
      reason: 'tpm',
      retryAfterMs: waitFor(limits.tpm, { previous: key.previousTokens, wanted: key.tokens + asked }, now),
    }
  }
  return undefined
}

/** What the key may still spend in its window, never below 0; undefined when it has no such limit. */
export function spendRoom({ key, limits, windows }: Omit<KeyCheck, 'now'>): Nano | undefined {
  if (limits.spendLimit === undefined) return undefined
  const { spent, held } = openWindow(key, limits.spendWindow ?? 'lifetime', windows)
  const room = limits.spendLimit - spent - held
  return room > 0n ? room : 0n
}

/** Counts a call that may go. */
export function takeKey({ key, limits, windows }: KeyCheck, amount: Nano): void {
  for (const name of windowNames) openWindow(key, name, windows)
  moveInWindows(key, windows, { held: amount, spent: 0n })
  key.concurrency += 1
  key.requests += 1
  key.tokens += limits.estTokens ?? 0
}

/** Gives back what a hold took, less what was spent. Requests and tokens stay counted for their minute. */
export function endKey(hold: PendingHold, spent: Nano): void {
  if (!hold.key || !hold.windows) return
  moveInWindows(hold.key, hold.windows, { held: -hold.amount, spent })
  hold.key.concurrency -= 1
}

/** Two fixed windows: the previous one counts by the share of it that the last sixty seconds still hold. */
function turnMinute(key: KeyState, now: number): void {
  const minute = Math.floor(now / minuteMs)
  if (key.minute === minute) return
  const follows = key.minute === minute - 1
  key.previousRequests = follows ? key.requests : 0
  key.previousTokens = follows ? key.tokens : 0
  key.requests = 0
  key.tokens = 0
  key.minute = minute
}

interface Demand {
  readonly previous: number
  readonly wanted: number
}

/** When enough of the previous window has left, or else the end of this one and what is left of it then. */
function waitFor(limit: number, { previous, wanted }: Demand, now: number): number {
  const into = now % minuteMs
  if (wanted <= limit && previous > 0) {
    const share = (limit - wanted) / previous
    return Math.max(1, Math.ceil((1 - share) * minuteMs - into))
  }
  return minuteMs - into
}
