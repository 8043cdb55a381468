import { describe, expect, test } from 'vitest'
import { type ChargeRequest, computeCharge } from './charge.ts'
import { parseFee } from './fee.ts'
import type { PriceVersion, RateRow } from './price.ts'
import { checkCharge, recordFee } from './recompute-charge.ts'

const at = Date.parse('2026-11-23T12:00:00Z')
const priced = (row: RateRow, more: Partial<PriceVersion> = {}): readonly PriceVersion[] => [
  {
    ...{ validFrom: null, validTo: null, source: ['test'], checkedAt: '' },
    bands: [{ when: null, rows: { default: row } }],
    ...more,
  },
]
const prices = priced(
  { text_in: 2_500_001, cache_read: 1_250_000, text_out: 10_000_003 },
  {
    fees: { web_search: 10_000_000_000 },
    geo: { us: '1.1' },
  },
)
const usage = {
  buckets: { text_in: 333, cache_read: 7, text_out: 101, web_search: 1 },
  source: 'provider',
} as const

/** What a ledger row keeps of a charge, through JSON as stores keep it. */
function recorded(request: Partial<ChargeRequest>) {
  const full: ChargeRequest = { prices, usage, fee: parseFee(), credential: 'managed', at, ...request }
  const { geo, passes, ...charge } = computeCharge(full)
  const { buckets, passes: served } = full.usage
  const meta = {
    credential: full.credential,
    usage: buckets,
    passes: served,
    rates: charge.rates,
    feeRates: recordFee(full.fee),
    geoFactor: geo,
    passRates: passes,
    multiplier: full.multiplier,
  }
  return { charge, meta: JSON.parse(JSON.stringify(meta)) as Record<string, unknown> }
}

const cases: Readonly<Record<string, Partial<ChargeRequest>>> = {
  'tokens and tools': {},
  'a regional factor, which tools do not have': { usage: { ...usage, geo: 'us' } },
  'a fee of every kind': { fee: parseFee({ perMillionTokens: '0.07', percent: '3.3', perCall: '0.001' }) },
  'an own credential': { credential: 'own' },
  'a factor on the model cost': { multiplier: '1.0825' },
  'passes of another model': {
    usage: { ...usage, passes: [{ model: 'small', buckets: { text_in: 11, text_out: 3 } }] },
    pricesOf: () => priced({ text_in: 123_457, text_out: 999_999 }),
  },
  'what the provider says it charged': {
    usage: { ...usage, buckets: { ...usage.buckets, provider_cost: 1 }, providerCost: '0.001234567891' },
  },
}

describe('a charge computed again from its record', () => {
  test.each(Object.entries(cases))('agrees: %s', (_, request) => {
    const { charge, meta } = recorded(request)
    expect(charge.modelCost + charge.fee).toBeGreaterThan(0n)
    expect(checkCharge(charge, meta)).toBeUndefined()
  })

  test('disagrees by a nano-dollar, a token or a rate', () => {
    const { charge, meta } = recorded({})
    expect(checkCharge({ ...charge, modelCost: charge.modelCost + 1n }, meta)).toMatch(
      /^the model cost is \d+, its counts make \d+$/,
    )
    expect(checkCharge({ ...charge, fee: charge.fee - 1n }, meta)).toMatch(/^the fee is/)
    expect(checkCharge(charge, { ...meta, usage: { ...usage.buckets, text_out: 102 } })).toBeDefined()
    expect(checkCharge(charge, { ...meta, rates: { ...charge.rates, text_in: '2600000' } })).toBeDefined()
  })

  test('is left alone where nothing was priced, or the row is of another program', () => {
    const { charge, meta } = recorded({})
    const wrong = { ...charge, modelCost: 1n }
    expect(checkCharge(wrong, { ...meta, unpriced: 'no price' })).toBeUndefined()
    expect(checkCharge(wrong, { note: 'mine' })).toBeUndefined()
  })
})
