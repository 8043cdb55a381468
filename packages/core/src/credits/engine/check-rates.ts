import type { HoldLimits } from '../driver.ts'
import type { LimitUsage } from './account-state.ts'
import { minuteMs, turnMinute } from './limit-usage.ts'
import { heldMs, longest, type Refusal } from './refusal.ts'

export interface RateCheck {
  readonly limits: readonly HoldLimits[]
  /** Of each set. */
  readonly usages: readonly LimitUsage[]
  readonly tokens: number
  readonly now: number
}

/** Every limit but those on money, without counting anything. Undefined when the call may go. */
export function checkRates({ limits, usages, tokens, now }: RateCheck): Refusal | undefined {
  let refusal: Refusal | undefined
  for (let index = 0; index < usages.length; index += 1) {
    const [set, usage] = [limits[index] as HoldLimits, usages[index] as LimitUsage]
    turnMinute(usage, now)
    const requests = { previous: usage.previousRequests, wanted: usage.requests + 1 }
    const reserved = { previous: usage.previousTokens, wanted: usage.tokens + tokens }
    if (isOver(set.rpm, requests, now))
      refusal = longest(refusal, { reason: 'rpm', id: set.id, lastsMs: waitFor(set.rpm, requests, now) })
    if (isOver(set.tpm, reserved, now))
      refusal = longest(refusal, { reason: 'tpm', id: set.id, lastsMs: waitFor(set.tpm, reserved, now) })
    if (set.concurrency !== undefined && usage.concurrency >= set.concurrency)
      refusal = longest(refusal, { reason: 'concurrency', id: set.id, lastsMs: heldMs })
  }
  return refusal
}

/** What the last minute had, and what this one would have with the call. */
interface Demand {
  readonly previous: number
  readonly wanted: number
}

function isOver(limit: number | undefined, { previous, wanted }: Demand, now: number): limit is number {
  return limit !== undefined && previous * (1 - (now % minuteMs) / minuteMs) + wanted > limit
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
