/** The one attempt at a time that finds out whether something works again. */
export interface Probe {
  isTaken(now: number): boolean
  /** When another may be taken even though nobody has told how this one ended. */
  until(): number
  /** A number that stands for this probe. */
  take(now: number): number
  /** Another may be taken, if this is still the one under way. */
  give(probe: number): void
}

/** @param leaseMs After which a probe that nobody reports on is given up. */
export function createProbe(leaseMs: number): Probe {
  let last = 0
  let takenUntil = 0
  return {
    isTaken: (now) => now < takenUntil,
    until: () => takenUntil,
    take(now) {
      last += 1
      takenUntil = now + leaseMs
      return last
    },
    give(probe) {
      if (probe === last) takenUntil = 0
    },
  }
}
