import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ChargeRequest, computeCharge } from './charge.ts'
import { parseFee } from './fee.ts'
import { boundHold } from './hold-bound.ts'
import type { PriceVersion, RateRow } from './price.ts'
import { priceFromOptions } from './rates.ts'
import type { Buckets, Usage } from './usage.ts'

const at = Date.parse('2026-11-23T12:00:00Z')
const prices = priceFromOptions({ input: '2.50', output: '10', cachedInput: '1.25', webSearch: '10' })
const noFee = parseFee({})

function charge(
  buckets: Buckets,
  more: Omit<Partial<ChargeRequest>, 'usage'> & { usage?: Partial<Usage> } = {},
) {
  const usage: Usage = { buckets, source: 'provider', ...more.usage }
  return computeCharge({ prices, fee: noFee, credential: 'managed', at, ...more, usage })
}

describe('charges', () => {
  test('P11 a bucket above 0 without a rate is an error that names it, a rate of 0 is free', () => {
    expect(() => charge({ text_in: 1, cache_write: 1 })).toThrow(/"cache_write"/)
    expect(() => charge({ file_search: 1 })).toThrow(/"file_search"/)
    expect(() => charge({ text_in: 1 }, { prices: [] })).toThrow(expect.objectContaining({ status: 403 }))
    expect(charge({ text_in: 1, cache_write: 0 }).total).toBe(2500n)
    expect(
      charge({ text_in: 9, text_out: 9 }, { prices: priceFromOptions({ input: '0', output: '0' }) }).total,
    ).toBe(0n)
  })

  test('P28 one token of the cheapest model costs a nano-dollar', () => {
    expect(charge({ text_in: 1 }, { prices: priceFromOptions({ input: '0.000001' }) }).total).toBe(1n)
  })

  test('the default fee is five cents a million tokens, input and output alike', () => {
    const fee = parseFee()
    expect(charge({ text_in: 1_000_000 }, { fee })).toMatchObject({
      modelCost: 2_500_000_000n,
      fee: 50_000_000n,
      total: 2_550_000_000n,
    })
    expect(
      charge({ text_in: 300_000, cache_read: 600_000, text_out: 100_000, web_search: 3 }, { fee }).fee,
    ).toBe(50_000_000n)
  })

  test('fees by the call and in percent of the model cost', () => {
    const fee = parseFee({ percent: '5.5', perCall: '0.001' })
    expect(charge({ text_in: 1_000_000 }, { fee }).fee).toBe(137_500_000n + 1_000_000n)
  })

  test("on an account's own credential only the fee is charged, whether the model has a price or not", () => {
    const fee = parseFee({ perMillionTokens: '0.05', percent: '5' })
    const own = charge({ text_in: 1_000_000 }, { fee, credential: 'own', prices: [] })
    expect(own).toEqual({ modelCost: 0n, fee: 50_000_000n, total: 50_000_000n, rates: {} })
  })

  test('a regional factor multiplies tokens and leaves tool calls alone', () => {
    const regional = prices.map((price) => ({ ...price, geo: { us: '1.1' } }))
    const us = charge({ text_in: 1000, web_search: 1 }, { prices: regional, usage: { geo: 'us' } })
    expect(us.total).toBe(2_750_000n + 10_000_000n)
    expect(us.geo).toBe('1.1')
    expect(charge({ text_in: 1000 }, { prices: regional, usage: { geo: 'global' } }).total).toBe(2_500_000n)
  })

  test("a provider's own charge stands for the model cost; the fee still counts the tokens", () => {
    const usage = { providerCost: '0.0002625' }
    const reported = charge(
      { text_in: 194, text_out: 6, provider_cost: 1 },
      { prices: [], usage, fee: parseFee() },
    )
    expect(reported).toMatchObject({ modelCost: 262_500n, fee: 10_000n })
    expect(() => charge({ provider_cost: 1 })).toThrow(/"provider_cost"/)
  })

  test('passes of other models are priced by their own prices, on top', () => {
    const passes = [{ model: 'adviser', buckets: { text_in: 1000 } }]
    const pricesOf = (model: string) => (model === 'adviser' ? priceFromOptions({ input: '5' }) : undefined)
    const both = charge({ text_in: 1000 }, { usage: { passes, tier: 'standard' }, pricesOf })
    expect(both.total).toBe(2_500_000n + 5_000_000n)
    expect(both.passes).toEqual([{ model: 'adviser', rates: { text_in: '5000000' } }])
    expect(() => charge({ text_in: 1000 }, { usage: { passes } })).toThrow(/"adviser"/)
  })

  test('P9 the band counts cached tokens and holds for output too', () => {
    const row = (factor: number): RateRow => ({
      text_in: 3e6 * factor,
      cache_read: 3e5 * factor,
      text_out: 15e6 * factor,
    })
    const banded: PriceVersion[] = [
      {
        validFrom: null,
        validTo: null,
        bands: [
          { when: null, rows: { default: row(1) } },
          { when: { op: 'gt', tokens: 200_000 }, rows: { default: row(2) } },
        ],
        source: ['test'],
        checkedAt: '',
      },
    ]
    expect(charge({ text_in: 140_000, cache_read: 60_000, text_out: 1 }, { prices: banded }).total).toBe(
      438_015_000n,
    )
    expect(charge({ text_in: 140_001, cache_read: 60_000, text_out: 1 }, { prices: banded }).total).toBe(
      876_036_000n,
    )
  })

  test('P5 counts that nobody can pay are an error and not a number', () => {
    expect(() => charge({ text_out: Number.MAX_SAFE_INTEGER })).toThrow(/not credible/)
  })
})

const counts = fc.record({
  text_in: fc.nat(400_000),
  cache_read: fc.nat(400_000),
  cache_write_1h: fc.nat(400_000),
  audio_in: fc.nat(400_000),
  text_out: fc.nat(128_000),
  web_search: fc.nat(5),
})
const picodollars = fc.nat(100_000_000)
const pricing = fc
  .tuple(
    fc.record({
      text_in: picodollars,
      cache_read: picodollars,
      cache_write_1h: picodollars,
      audio_in: picodollars,
      text_out: picodollars,
    }),
    fc.nat(10_000_000_000),
  )
  .map(([row, web_search]): readonly PriceVersion[] => {
    // Reading from the cache is never dearer than not reading from it.
    const base = { ...row, cache_read: Math.min(row.cache_read, row.text_in) }
    const long = Object.fromEntries(Object.entries(base).map(([name, rate]) => [name, rate * 2]))
    return [
      {
        validFrom: null,
        validTo: null,
        bands: [
          { when: null, rows: { default: base } },
          { when: { op: 'gt', tokens: 272_000 }, rows: { default: long } },
        ],
        fees: { web_search },
        geo: { us: '1.1' },
        source: ['test'],
        checkedAt: '',
      },
    ]
  })
const fees = fc
  .tuple(fc.nat(999_999), fc.nat(9999), fc.nat(999))
  .map(([token, percent, call]) =>
    parseFee({ perMillionTokens: `0.${token}`, percent: `${percent}.7`, perCall: `0.000000000${call}` }),
  )

describe('properties of charges', () => {
  test('P28 the parts add up, and rounding adds less than a nano-dollar', () => {
    fc.assert(
      fc.property(counts, pricing, fees, (...[buckets, versions, fee]) => {
        const both = charge(buckets, { prices: versions, fee })
        expect(both.modelCost + both.fee).toBe(both.total)
        expect(both.modelCost).toBeGreaterThanOrEqual(0n)
        const plain = charge(buckets, { prices: versions }).total
        expect(both.modelCost).toBeGreaterThanOrEqual(plain - 1n)
        expect(both.modelCost).toBeLessThanOrEqual(plain)
      }),
    )
  })

  test('more of anything never costs less', () => {
    fc.assert(
      fc.property(counts, counts, pricing, (...[buckets, more, versions]) => {
        const larger = Object.fromEntries(
          Object.entries(buckets).map(([name, count]) => [name, count + more[name as keyof typeof more]]),
        )
        const total = (of: Buckets) => charge(of, { prices: versions }).total
        expect(total(larger)).toBeGreaterThanOrEqual(total(buckets))
      }),
    )
  })

  test('P9 a hold within its bounds covers the bill', () => {
    fc.assert(
      fc.property(counts, pricing, fees, (...[buckets, versions, fee]) => {
        const { text_in, cache_read, cache_write_1h, audio_in, text_out, web_search } = buckets
        const hold = boundHold({
          prices: versions,
          inputTokens: text_in + cache_read + cache_write_1h + audio_in,
          outputTokens: text_out,
          toolCalls: web_search,
          fee,
          credential: 'managed',
          at,
        })
        const bill = charge(buckets, { prices: versions, fee, usage: { geo: 'us' } }).total
        expect(hold).toBeGreaterThanOrEqual(bill)
      }),
    )
  })
})
