/** A map of a fixed size: what has not been used for long makes room for what is new. */
export interface RecentMap<Value> {
  /** Counts as a use. */
  get(key: string): Value | undefined
  /** Does not. */
  peek(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
  values(): Value[]
}

interface Entry<Value> {
  readonly value: Value
  /** The number of the use that moved it to the end of the order. */
  movedAt: number
}

/**
 * Whoever was used among the last three quarters of `size` uses is still there. A use moves its entry only when that
 * has not been moved for a quarter of them: two changes of the map for each use are most of what a call spends here.
 *
 * @example
 * const recent = createRecentMap<string>(2)
 * for (const name of ['a', 'b', 'c']) recent.set(name, name.toUpperCase())
 * recent.values() // ['B', 'C']
 */
export function createRecentMap<Value>(size: number): RecentMap<Value> {
  /** A Map lists its keys in the order they were set: the first is the one moved longest ago. */
  const entries = new Map<string, Entry<Value>>()
  const quarter = Math.floor(size / 4)
  let uses = 0
  const move = (key: string, entry: Entry<Value>) => {
    entry.movedAt = uses
    entries.delete(key)
    entries.set(key, entry)
  }
  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      uses += 1
      if (uses - entry.movedAt > quarter) move(key, entry)
      return entry.value
    },
    peek: (key) => entries.get(key)?.value,
    set(key, value) {
      uses += 1
      move(key, { value, movedAt: uses })
      if (entries.size > size) entries.delete(entries.keys().next().value as string)
    },
    delete: (key) => void entries.delete(key),
    values: () => Array.from(entries.values(), ({ value }) => value),
  }
}
