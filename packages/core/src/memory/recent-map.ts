/** A map of a fixed size: what has not been used for long makes room for what is new. */
export interface RecentMap<Value> {
  /** Counts as a use. */
  get(key: string): Value | undefined
  /** Does not. */
  peek(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
  clear(): void
  values(): Value[]
}

/**
 * Keeps whatever was used among the last half of `size` keys, and up to `size` keys in all (2, where that is less). Two
 * maps take turns: when the younger one is full, the older one goes as a whole. Nothing is moved or deleted on the way
 * of a use, and nothing is looked for: the first key of a `Map` from which many were deleted is behind all their holes.
 *
 * @example
 * const recent = createRecentMap<string>(2)
 * for (const name of ['a', 'b', 'c']) recent.set(name, name.toUpperCase())
 * recent.values() // ['B', 'C']
 */
export function createRecentMap<Value>(size: number): RecentMap<Value> {
  const half = Math.max(1, Math.floor(size / 2))
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  const put = (key: string, value: Value) => {
    if (young.size >= half && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const older = old.get(key)
      if (older !== undefined) put(key, older)
      return older
    },
    peek: (key) => young.get(key) ?? old.get(key),
    set: put,
    delete(key) {
      young.delete(key)
      old.delete(key)
    },
    clear() {
      young.clear()
      old.clear()
    },
    values: () => [...new Map([...old, ...young]).values()],
  }
}
