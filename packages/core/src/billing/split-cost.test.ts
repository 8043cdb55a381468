import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { computeCharge } from './charge.ts'
import { parseFee } from './fee.ts'
import type { PriceVersion } from './price.ts'
import { recordFee } from './recompute-charge.ts'
import { splitModelCost } from './split-cost.ts'
import { type BucketName, type Buckets, bucketNames, type Usage } from './usage.ts'

const priced = bucketNames.filter((name) => name !== 'provider_cost')
const tools: readonly BucketName[] = ['web_search', 'web_search_preview', 'file_search']
const tokens = priced.filter((name) => !tools.includes(name))

const rates = (names: readonly BucketName[]) =>
  fc
    .array(fc.integer({ min: 0, max: 90_000_001 }), { minLength: names.length, maxLength: names.length })
    .map((list) => Object.fromEntries(names.map((name, index) => [name, list[index]])))
const counts: fc.Arbitrary<Buckets> = fc
  .array(fc.tuple(fc.constantFrom(...priced), fc.integer({ min: 0, max: 100_000 })), { maxLength: 6 })
  .map((pairs) => Object.fromEntries(pairs))

const priceOf = (row: object, fees: object): readonly PriceVersion[] => [
  {
    validFrom: null,
    validTo: null,
    bands: [{ when: null, rows: { default: row } }],
    fees,
    geo: { us: '1.1', odd: '1.0371' },
    source: [],
    checkedAt: '',
  },
]

const draw = fc.record({
  buckets: counts,
  passed: counts,
  row: rates(tokens),
  fees: rates(tools),
  geo: fc.constantFrom(undefined, 'us', 'odd'),
  multiplier: fc.constantFrom(undefined, '0.333', '1.17'),
  fee: fc.constantFrom({}, { perMillionTokens: '0.05' }, { percent: '5.5', perCall: '0.0000000013' }),
  managed: fc.boolean(),
})

describe('the parts of a cost', () => {
  test('add up to it to the nano-dollar, whatever the rates, factors, fees and passes', () => {
    fc.assert(
      fc.property(draw, ({ buckets, passed, row, fees, geo, multiplier, fee, managed }) => {
        const prices = priceOf(row, fees)
        const usage: Usage = {
          buckets,
          source: 'provider',
          ...(geo && { geo }),
          ...(Object.keys(passed).length > 0 && { passes: [{ model: 'other', buckets: passed }] }),
        }
        const credential = managed ? 'managed' : 'own'
        const charge = computeCharge({
          prices,
          usage,
          fee: parseFee(fee),
          credential,
          at: 0,
          pricesOf: () => prices,
          ...(multiplier && { multiplier }),
        })
        const record = {
          usage: buckets,
          rates: charge.rates,
          geoFactor: charge.geo,
          multiplier: charge.multiplier,
          passes: usage.passes,
          passRates: charge.passes,
          feeRates: recordFee(parseFee(fee)),
        }
        const costs = splitModelCost(charge.modelCost, record)
        expect(Object.values(costs).reduce((sum, cost) => sum + cost, 0n)).toBe(charge.modelCost)
        expect(Object.values(costs).every((cost) => cost > 0n)).toBe(true)
        expect(charge.modelCost + charge.fee).toBe(charge.total)
        // What can be explained is: at most the fraction of a nano-dollar that rounding made is unexplained.
        expect(costs.other ?? 0n).toBeLessThanOrEqual(1n)
      }),
      { numRuns: 1000 },
    )
  })

  test('are rounded down, and the dearest has what is left', () => {
    const record = { usage: { text_in: 1, text_out: 1 }, rates: { text_in: '1600', text_out: '1900' } }
    expect(splitModelCost(4n, record)).toEqual({ text_in: 1n, text_out: 3n })
  })

  test('of what has no counts, or counts that make more, are one', () => {
    expect(splitModelCost(90n, {})).toEqual({ other: 90n })
    expect(splitModelCost(5n, { usage: { text_in: 9 }, rates: { text_in: '1000' } })).toEqual({ other: 5n })
    expect(splitModelCost(0n, { usage: { text_in: 9 }, rates: {} })).toEqual({})
  })
})
