import type { HoldRefusal, SpendWindow } from '../driver.ts'

/** Why a call may not go now. */
export interface Refusal {
  readonly reason: HoldRefusal
  /** Of the set of limits that refuses. */
  readonly id?: string
  readonly window?: SpendWindow
  /** Milliseconds; infinite for what no waiting changes. */
  readonly lastsMs: number
}

/** How soon what calls under way hold is looked for again. */
export const heldMs = 1000

/** The one that must be waited for longest, and the first of those that last alike. */
export function longest(first: Refusal | undefined, second: Refusal | undefined): Refusal | undefined {
  if (first === undefined) return second
  return second !== undefined && second.lastsMs > first.lastsMs ? second : first
}
