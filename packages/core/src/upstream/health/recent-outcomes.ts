/** How many attempts of the last while succeeded and how many failed. */
export interface RecentOutcomes {
  count(failed: boolean, now: number): void
  total(now: number): number
  /** From 0 to 1; 0 when nothing was counted. */
  errorShare(now: number): number
  clear(): void
}

const slots = 6

/** Counts within a window that moves on in steps of a sixth of it, so that nothing is kept for each attempt. */
export function createRecentOutcomes(windowMs: number): RecentOutcomes {
  const successes = new Array<number>(slots).fill(0)
  const failures = new Array<number>(slots).fill(0)
  let newest = 0

  const empty = (slot: number) => {
    successes[slot] = 0
    failures[slot] = 0
  }
  /** Empties the slots that the time has passed over; a clock that was set back changes nothing. */
  const moveTo = (now: number): number => {
    const current = Math.floor((now * slots) / windowMs)
    for (let step = Math.max(newest + 1, current - slots + 1); step <= current; step += 1) empty(step % slots)
    newest = Math.max(newest, current)
    return newest % slots
  }
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

  return {
    count(failed, now) {
      const slot = moveTo(now)
      const counts = failed ? failures : successes
      counts[slot] = (counts[slot] ?? 0) + 1
    },
    total(now) {
      moveTo(now)
      return sum(successes) + sum(failures)
    },
    errorShare(now) {
      moveTo(now)
      const failed = sum(failures)
      return failed === 0 ? 0 : failed / (failed + sum(successes))
    },
    clear() {
      for (let slot = 0; slot < slots; slot += 1) empty(slot)
    },
  }
}
