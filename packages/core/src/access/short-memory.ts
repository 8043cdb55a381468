import { createRecentMap } from '../memory/recent-map.ts'

export interface ShortMemoryOptions<Value> {
  readonly now: () => number
  /** How long what was loaded is believed. */
  readonly cacheMs: number
  /** What must not push others out, such as refusals, has as much room of its own. */
  readonly isLesser?: (value: Value) => boolean
}

/** What the store said lately, by key. */
export interface ShortMemory<Value> {
  /** Undefined where it has to be loaded. */
  recall(key: string): Value | undefined
  /** Those who ask together share one look-up. What fails is not remembered. */
  load(key: string, read: () => Promise<Value>): Promise<Value>
  /** Forgets everything, what is being read included. */
  forget(): void
}

type Fresh<Value> = { readonly value: Value; readonly until: number }

const mostEntries = 10_000

/**
 * A memory of seconds. What was read before a change is neither remembered nor answered with after it.
 *
 * @example
 * const memory = createShortMemory<Verdict>({ now: Date.now, cacheMs: 4000 })
 * const verdict = memory.recall(token) ?? (await memory.load(token, () => judge(token)))
 */
export function createShortMemory<Value>(options: ShortMemoryOptions<Value>): ShortMemory<Value> {
  const { now, cacheMs, isLesser = () => false } = options
  const [main, lesser] = [
    createRecentMap<Fresh<Value>>(mostEntries),
    createRecentMap<Fresh<Value>>(mostEntries),
  ]
  const pending = new Map<string, Promise<Value>>()
  let generation = 0

  const readFresh = async (key: string, read: () => Promise<Value>): Promise<Value> => {
    for (;;) {
      const started = generation
      const until = now() + cacheMs
      const value = await read()
      if (started !== generation) continue
      const [shelf, other] = isLesser(value) ? [lesser, main] : [main, lesser]
      other.delete(key)
      shelf.set(key, { value, until })
      return value
    }
  }
  return {
    recall: (key) => {
      const known = main.get(key) ?? lesser.get(key)
      return known && now() < known.until ? known.value : undefined
    },
    load: (key, read) => {
      const under = pending.get(key)
      if (under) return under
      const reading = readFresh(key, read).finally(() => {
        if (pending.get(key) === reading) pending.delete(key)
      })
      pending.set(key, reading)
      return reading
    },
    forget: () => {
      generation += 1
      main.clear()
      lesser.clear()
      pending.clear()
    },
  }
}
