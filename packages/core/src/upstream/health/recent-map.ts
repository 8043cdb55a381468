/** A map of a fixed size: what was used longest ago makes room for what is new. */
export interface RecentMap<Value> {
  /** Counts as a use. */
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
  values(): IterableIterator<Value>
}

export function createRecentMap<Value>(size: number): RecentMap<Value> {
  const entries = new Map<string, Value>()
  /** A Map lists its keys in the order they were set: the first is the one used longest ago. */
  const touch = (key: string, value: Value) => {
    entries.delete(key)
    entries.set(key, value)
  }
  return {
    get(key) {
      const value = entries.get(key)
      if (value !== undefined) touch(key, value)
      return value
    },
    set(key, value) {
      touch(key, value)
      if (entries.size > size) entries.delete(entries.keys().next().value as string)
    },
    delete: (key) => void entries.delete(key),
    values: () => entries.values(),
  }
}
