import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRecentMap, type RecentMap } from './recent-map.ts'

interface Step {
  readonly key: string
  readonly act: 'set' | 'get' | 'delete'
  readonly value: number
}

interface Known {
  /** What each key was set to last. */
  readonly values: Map<string, number>
  /** In the order of their last use. */
  keys: string[]
}

const steps = fc.array(
  fc.record({
    key: fc.constantFrom(...'abcdefgh'),
    act: fc.constantFrom('set', 'get', 'delete'),
    value: fc.nat(),
  }),
  { maxLength: 80 },
)

function take(recent: RecentMap<number>, known: Known, { key, act, value }: Step): void {
  const found = act === 'get' ? recent.get(key) : undefined
  // What was deleted keeps its place: it was used all the same.
  if (act === 'set' || found !== undefined) known.keys = [...known.keys.filter((other) => other !== key), key]
  if (act === 'set') {
    recent.set(key, value)
    known.values.set(key, value)
  } else if (act === 'delete') {
    recent.delete(key)
    known.values.delete(key)
  }
}

describe('a map of what was used lately', () => {
  test('keeps the last half of its size, never more than its size, and of each key what it was set to last', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 2, max: 8 }), (script, size) => {
        const recent = createRecentMap<number>(size)
        const known: Known = { values: new Map(), keys: [] }
        for (const step of script) {
          take(recent, known, step)
          const kept = known.keys.slice(-Math.floor(size / 2))
          for (const key of kept) expect(recent.peek(key)).toBe(known.values.get(key))
          for (const key of 'abcdefgh') expect([undefined, known.values.get(key)]).toContain(recent.peek(key))
          expect(recent.values().length).toBeLessThanOrEqual(size)
        }
      }),
    )
  })

  test('is empty after it was cleared', () => {
    const recent = createRecentMap<number>(4)
    for (const key of 'abcd') recent.set(key, 1)
    recent.clear()
    expect(recent.values()).toEqual([])
    expect(recent.get('d')).toBeUndefined()
  })
})
