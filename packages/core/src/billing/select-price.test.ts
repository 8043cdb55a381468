import { describe, expect, test } from 'vitest'
import type { PriceVersion } from './price.ts'
import { isPriced, selectPrice } from './select-price.ts'

const base = { validFrom: null, validTo: null, source: ['test'], checkedAt: '2026-11-23' } as const
const rate = (text_in: number) => ({ text_in })
const flat = (text_in: number, more: Partial<PriceVersion> = {}): PriceVersion => ({
  ...base,
  bands: [{ when: null, rows: { default: rate(text_in) } }],
  ...more,
})
const at = Date.parse('2026-11-23T12:00:00Z')
const rateAt = (prices: readonly PriceVersion[], when: string) =>
  selectPrice(prices, { at: Date.parse(when), totalInput: 1 }).row.text_in

describe('P9 the price that held', () => {
  test('by date: from included, to excluded', () => {
    const prices = [flat(10, { validTo: '2025-06-10' }), flat(2, { validFrom: '2025-06-10' })]
    expect(rateAt(prices, '2025-06-09T23:59:59.999Z')).toBe(10)
    expect(rateAt(prices, '2025-06-10T00:00:00Z')).toBe(2)
  })

  test('by hour in UTC and weekday in the zone of the provider', () => {
    const hours = {
      ranges: [
        [1, 4],
        [6, 10],
      ],
      weekdays: [1, 2, 3, 4, 5],
      utcOffsetHours: 8,
    } as const
    const prices = [flat(22), flat(44, { hours })]
    expect(rateAt(prices, '2026-11-24T00:59:59Z')).toBe(22)
    expect(rateAt(prices, '2026-11-24T01:00:00Z')).toBe(44)
    expect(rateAt(prices, '2026-11-24T03:59:59Z')).toBe(44)
    expect(rateAt(prices, '2026-11-24T04:00:00Z')).toBe(22)
    expect(rateAt(prices, '2026-11-24T09:30:00Z')).toBe(44)
    expect(rateAt(prices, '2026-11-22T09:30:00Z'), 'Sunday').toBe(22)
  })

  test('a weekday begins at midnight of its zone, and a window may cross midnight', () => {
    const monday = { ranges: [[16, 2]], weekdays: [1], utcOffsetHours: 8 } as const
    const prices = [flat(1), flat(2, { hours: monday })]
    expect(rateAt(prices, '2026-11-22T15:59:00Z')).toBe(1)
    expect(rateAt(prices, '2026-11-22T16:00:00Z'), 'Monday in Beijing').toBe(2)
    expect(rateAt(prices, '2026-11-23T01:00:00Z')).toBe(2)
    expect(rateAt(prices, '2026-11-23T02:00:00Z')).toBe(1)
  })

  test.each([
    { op: 'gt', tokens: 272_000, totalInput: 272_000, expected: 1 },
    { op: 'gt', tokens: 272_000, totalInput: 272_001, expected: 2 },
    { op: 'gte', tokens: 200_000, totalInput: 199_999, expected: 1 },
    { op: 'gte', tokens: 200_000, totalInput: 200_000, expected: 2 },
  ] as const)(
    'by context band: $op $tokens with $totalInput tokens',
    ({ op, tokens, totalInput, expected }) => {
      const prices = [
        {
          ...base,
          bands: [
            { when: { op, tokens }, rows: { default: rate(2) } },
            { when: null, rows: { default: rate(1) } },
          ],
        },
      ]
      expect(selectPrice(prices, { at, totalInput }).row.text_in).toBe(expected)
    },
  )

  test('of several bands the highest that is passed counts, in whatever order they are written', () => {
    const band = (tokens: number, text_in: number) => ({
      when: { op: 'gt' as const, tokens },
      rows: { default: rate(text_in) },
    })
    for (const bands of [
      [band(128_000, 2), band(256_000, 4)],
      [band(256_000, 4), band(128_000, 2)],
    ]) {
      const select = (totalInput: number) => selectPrice([flat(1, { bands })], { at, totalInput }).row.text_in
      expect([select(200_000), select(300_000)]).toEqual([2, 4])
      expect(() => select(1000)).toThrow(/no price/)
    }
  })

  const tiers = [
    {
      ...base,
      bands: [{ when: null, rows: { default: rate(1), priority: rate(2), fast: rate(6) } }],
    },
  ]

  test.each([undefined, 'default', 'standard', 'standard_only', 'auto', 'on_demand'])(
    'tier %s is the ordinary one',
    (tier) => {
      expect(selectPrice(tiers, { at, totalInput: 1, tier }).row.text_in).toBe(1)
    },
  )

  test('a tier or speed has a row of its own, or no price', () => {
    const select = (tier?: string, speed?: string) => selectPrice(tiers, { at, totalInput: 1, tier, speed })
    expect(select('priority').row.text_in).toBe(2)
    expect(select('standard', 'fast').row.text_in).toBe(6)
    expect(select('default', 'standard').row.text_in).toBe(1)
    expect(() => select('flex')).toThrow(/"flex"/)
    expect(() => select('priority', 'fast')).toThrow(/"priority-fast"/)
    expect(() => select('constructor')).toThrow(/"constructor"/)
  })

  test('P11 nothing that holds is no price, never 0', () => {
    expect(() => selectPrice([], { at, totalInput: 1 })).toThrow(
      expect.objectContaining({ code: 'model_not_priced' }),
    )
    expect(isPriced([])).toBe(false)
    expect(isPriced([flat(1, { validTo: '2020-01-01' })], at)).toBe(false)
    expect(isPriced([flat(0)], at)).toBe(true)
  })
})
