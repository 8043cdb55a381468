import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeyStrategy } from '../policy.ts'
import { createKeyTurns } from './key-turns.ts'
import { type KeyOrderFacts, orderKeys } from './order-keys.ts'

const keys = ['a', 'b', 'c', 'd'].map((id) => ({ id }))

const well: KeyOrderFacts = {
  state: () => ({ available: true }),
  errorShare: () => 0,
  turn: () => 0,
}
const resting = (until: Readonly<Record<string, number>>): KeyOrderFacts['state'] => {
  return (id) => (until[id] === undefined ? { available: true } : { available: false, until: until[id] })
}
const order = (strategy: KeyStrategy, facts: Partial<KeyOrderFacts> = {}, of = keys) =>
  orderKeys(strategy, of, { ...well, ...facts })
    .map(({ id }) => id)
    .join('')

/** How often each key comes first. */
function firsts(runs: number, run: (index: number) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let index = 0; index < runs; index += 1) {
    const first = run(index).charAt(0)
    counts[first] = (counts[first] ?? 0) + 1
  }
  return counts
}

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

describe('ordered', () => {
  test('is as listed, those that rest last by the end of their rest', () => {
    expect(order('ordered')).toBe('abcd')
    expect(order('ordered', { state: resting({ a: 20, c: 10 }) })).toBe('bdca')
    expect(order('ordered', { state: resting({ a: 4, b: 3, c: 2, d: 1 }) })).toBe('dcba')
  })
})

describe('round_robin', () => {
  test('begins one further each time, for each step by itself', () => {
    const turns = createKeyTurns()
    const next = (place: string) => order('round_robin', { turn: () => turns.next(place) })
    expect([next('x'), next('x'), next('y'), next('x')]).toEqual(['abcd', 'bcda', 'abcd', 'cdab'])
  })

  test('shares evenly among those that do not rest', () => {
    const turns = createKeyTurns()
    const run = () => order('round_robin', { turn: () => turns.next('x'), state: resting({ b: 1 }) })
    expect(firsts(30, run)).toEqual({ a: 10, c: 10, d: 10 })
    expect(order('round_robin', { state: resting({ a: 4, b: 3, c: 2, d: 1 }) })).toBe('dcba')
  })

  test('remembers a bounded number of steps', () => {
    const turns = createKeyTurns(2)
    const asked = ['x', 'y', 'x', 'z', 'y', 'x'].map((place) => turns.next(place))
    expect(asked).toEqual([0, 0, 1, 0, 0, 0])
  })
})

describe('weighted', () => {
  const weights = [{ id: 'a', weight: 6 }, { id: 'b', weight: 3 }, { id: 'c' }, { id: 'd', weight: 0 }]

  test('puts keys first as often as their weights say, and one without weight never', () => {
    const random = seeded(7)
    const counts = firsts(10_000, () => order('weighted', { random }, weights))
    expect(counts.a).toBeGreaterThan(5700)
    expect(counts.a).toBeLessThan(6300)
    expect(counts.b).toBeGreaterThan(2700)
    expect(counts.b).toBeLessThan(3300)
    expect(counts.c).toBeGreaterThan(800)
    expect(counts.c).toBeLessThan(1200)
    expect(counts.d).toBeUndefined()
  })

  test('P24 keeps a conversation on its key, and conversations share keys by weight', () => {
    const run = (index: number) => order('weighted', { affinity: `conversation ${index}` }, weights)
    expect(run(1)).toBe(run(1))
    const counts = firsts(5000, run)
    expect(counts.a).toBeGreaterThan(2800)
    expect(counts.a).toBeLessThan(3200)
    expect(counts.d).toBeUndefined()
  })

  test('P24 moves only the conversations of the key that rests or goes', () => {
    for (let index = 0; index < 300; index += 1) {
      const affinity = `conversation ${index}`
      const before = order('weighted', { affinity }, weights)
      const after = order('weighted', { affinity, state: resting({ a: 1 }) }, weights)
      const without = order('weighted', { affinity }, weights.slice(1))
      expect(after).toBe(`${before.replace('a', '')}a`)
      expect(without).toBe(before.replace('a', ''))
    }
  })

  test('chooses the same everywhere', () => {
    const chosen = ['one', 'two', 'three', 'four'].map((affinity) => order('weighted', { affinity }))
    expect(chosen).toMatchInlineSnapshot(`
      [
        "dabc",
        "dcba",
        "cdab",
        "cdab",
      ]
    `)
  })
})

describe('least_errors', () => {
  test('puts the lowest share first, equal ones as listed', () => {
    const shares: Record<string, number> = { a: 0.5, b: 0.1, d: 0.1 }
    const errorShare = (id: string) => shares[id] ?? 0
    expect(order('least_errors', { errorShare })).toBe('cbda')
    expect(order('least_errors', { errorShare, state: resting({ c: 1 }) })).toBe('bdac')
  })
})

test('whatever the strategy: every key is there once, and one that rests comes before none that does not', () => {
  const strategy = fc.constantFrom('ordered', 'round_robin', 'weighted', 'least_errors')
  const key = fc.record({
    id: fc.string(),
    weight: fc.nat(5),
    until: fc.option(fc.nat(100)),
    share: fc.nat(3),
  })
  const list = fc.uniqueArray(key, { selector: ({ id }) => id, maxLength: 12 })
  fc.assert(
    fc.property(strategy, list, fc.nat(), (chosen, listed, turn) => {
      const byId = new Map(listed.map((each) => [each.id, each]))
      const untilOf = (id: string) => byId.get(id)?.until ?? undefined
      const result = orderKeys(chosen, listed, {
        state: (id) => {
          const until = untilOf(id)
          return until === undefined ? { available: true } : { available: false, until }
        },
        errorShare: (id) => byId.get(id)?.share ?? 0,
        turn: () => turn,
      })
      expect(result.map(({ id }) => id).sort()).toEqual(listed.map(({ id }) => id).sort())
      const ends = result.map(({ id }) => untilOf(id) ?? -1)
      expect(ends).toEqual([...ends].sort((left, right) => left - right))
    }),
  )
})
