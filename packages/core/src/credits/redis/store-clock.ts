import type { Change } from './registry.ts'

/** What a process knows of the store's clock, which is the one that counts. */
export interface StoreClock {
  /** For scripts: empty for the store's own, which they read themselves. */
  text(): string
  /** About now; off by what the process's clock is off until something is learnt. */
  estimate(): number
  /** From what an answer says: when it was decided, exactly. */
  learn(endsAt: number, lastsMs: number): Change
}

export function createStoreClock(now: (() => number) | undefined): StoreClock {
  let offset = 0
  return {
    text: () => (now ? String(now()) : ''),
    estimate: now ?? (() => Date.now() + offset),
    learn(endsAt, lastsMs) {
      const at = endsAt - lastsMs
      offset = at - Date.now()
      return { at, endsAt }
    },
  }
}
