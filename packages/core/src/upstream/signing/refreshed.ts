/** A value that grows old. */
export interface Perishable<Value> {
  readonly value: Value
  /** Milliseconds since the epoch; undefined where it is asked for anew each time. */
  readonly expiresAt: number | undefined
}

/** Keeps a value as long as it is good, and renews it before it is not. */
export interface Refreshed<Value> {
  /** At once while there is one; otherwise all who ask wait for the same. */
  current(): Value | Promise<Value>
  /** The last one that came, good or not. */
  last(): Value | undefined
}

/** It must live until the request that it is on has arrived, and by a clock that is not ours. */
const lastMomentMs = 30_000
/** From here on it is renewed behind the back of those who ask. */
const renewalMs = 300_000

/**
 * @param load Asks for a new one: one question at a time, however many wait.
 * @example
 * const token = createRefreshed(async () => ({ value: 'ya29.…', expiresAt: Date.now() + 3_600_000 }))
 * await token.current()
 */
export function createRefreshed<Value>(
  load: () => Promise<Perishable<Value>>,
  now: () => number = Date.now,
): Refreshed<Value> {
  let known: Perishable<Value> | undefined
  let pending: Promise<Value> | undefined
  const read = async (): Promise<Value> => {
    try {
      known = await load()
      return known.value
    } finally {
      pending = undefined
    }
  }
  const refresh = () => {
    pending ??= read()
    return pending
  }
  return {
    current() {
      const left = (known?.expiresAt ?? 0) - now()
      if (!known || left <= lastMomentMs) return refresh()
      // A failure shows when there is nothing left, to those who then have to wait.
      if (left <= renewalMs) refresh().catch(() => {})
      return known.value
    },
    last: () => known?.value,
  }
}
