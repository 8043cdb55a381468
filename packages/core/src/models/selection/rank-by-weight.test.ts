import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rankByWeight } from './rank-by-weight.ts'
import { unitHash } from './unit-hash.ts'

const never = () => {
  throw new Error('Chance was asked.')
}
const rank = (candidates: { id: string; weight: number }[], key: string) =>
  rankByWeight(candidates, { key, random: never }).map(({ id }) => id)
const keys = Array.from({ length: 20_000 }, (_, at) => `conversation-${at}`)

describe('unitHash', () => {
  test('is the same in every process', () => {
    expect(['', 'a', 'conversation-1 openai:gpt-4o'].map((text) => unitHash(text).toFixed(6))).toEqual([
      '0.065142',
      '0.498099',
      '0.959453',
    ])
  })

  test('spreads texts that are nearly alike', () => {
    const tenths = new Array(10).fill(0)
    for (const key of keys) tenths[Math.floor(unitHash(key) * 10)] += 1
    for (const count of tenths) expect(Math.abs(count - keys.length / 10)).toBeLessThan(keys.length * 0.01)
  })

  test('never gives 0 or 1, of which there is no logarithm to use', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(unitHash(text)).toBeGreaterThan(0)
        expect(unitHash(text)).toBeLessThan(1)
      }),
    )
  })
})

describe('rankByWeight', () => {
  const weights = [
    { id: 'openai:a', weight: 6 },
    { id: 'openai:b', weight: 3 },
    { id: 'groq:c', weight: 1 },
  ]

  test('holds weights over many conversations, also for those that come second', () => {
    const first = new Map<string, number>()
    let second = 0
    for (const key of keys) {
      const [winner = '', next] = rank(weights, key)
      first.set(winner, (first.get(winner) ?? 0) + 1)
      if (winner === 'openai:a' && next === 'openai:b') second += 1
    }
    for (const { id, weight } of weights) {
      expect((first.get(id) ?? 0) / keys.length).toBeCloseTo(weight / 10, 1.7)
    }
    expect(second / (first.get('openai:a') ?? 0)).toBeCloseTo(3 / 4, 1.7)
  })

  test('gives one conversation one ranking, in whatever order candidates come', () => {
    for (const key of keys.slice(0, 200)) {
      expect(rank(weights.toReversed(), key)).toEqual(rank(weights, key))
    }
  })

  test('moves only the conversations whose first was added or taken away', () => {
    for (const key of keys.slice(0, 2000)) {
      const before = rank(weights, key)
      const without = rank(weights.slice(0, 2), key)
      expect(without).toEqual(before.filter((id) => id !== 'groq:c'))
    }
  })

  test('asks chance where there is no conversation', () => {
    const draws = [0.9, 0.1]
    const ranked = rankByWeight(
      [
        { id: 'a', weight: 1 },
        { id: 'b', weight: 1 },
      ],
      { key: undefined, random: () => draws.pop() ?? 0 },
    )
    expect(ranked.map(({ id }) => id)).toEqual(['a', 'b'])
  })
})
