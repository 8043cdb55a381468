import { readFileSync } from 'node:fs'
import type { ModelInfo } from '@pydantic/genai-prices'
import { describe, expect, it } from 'vitest'
import { findFaults } from '../../packages/core/catalog/checks.ts'
import { timesFactor, wholeUnits } from '../../packages/core/catalog/decimal.ts'
import { generateCatalog } from '../../packages/core/catalog/generate.ts'
import { newerPrice, readNewer } from '../../packages/core/catalog/newer.ts'
import { applyOverlay, type OverlayFact } from '../../packages/core/catalog/overlay.ts'
import { seedPrices, threshold } from '../../packages/core/catalog/seed-prices.ts'

const { text, models } = generateCatalog()
const [sample] = models
if (sample === undefined) throw new Error('The catalogue is empty.')

const fact = (field: string, value: unknown): OverlayFact => ({
  provider: sample.provider,
  model: sample.id,
  field,
  value,
  source: 'a page',
  checkedAt: '2026-11-23',
})
const priced = (rows: Record<string, Record<string, number>>) => ({
  ...sample,
  prices: [{ ...sample.prices[0], bands: [{ when: null, rows }] }] as typeof sample.prices,
})

describe('the committed catalogue', () => {
  it('is what its inputs make, to the byte', () => {
    const committed = new URL('../../packages/core/src/models/catalog.json', import.meta.url)
    expect(readFileSync(committed, 'utf8') === text, 'run: npm run catalog').toBe(true)
  })

  it('is compact, and every price has a source and a date', () => {
    expect(text.length).toBeLessThan(400_000)
    for (const { prices } of models) {
      for (const { source, checkedAt } of prices)
        expect([source.length > 0, checkedAt]).toEqual([true, expect.stringMatching(/^2026-/)])
    }
  })
})

describe('the price history', () => {
  const model = (prices: ModelInfo['prices']): ModelInfo => ({ id: 'm', match: { equals: 'm' }, prices })

  it('reads a tier that starts one below a round number as "from"', () => {
    expect(threshold(199_999)).toEqual({ op: 'gte', tokens: 200_000 })
    expect(threshold(271_999)).toEqual({ op: 'gte', tokens: 272_000 })
    expect(threshold(200_000)).toEqual({ op: 'gt', tokens: 200_000 })
  })

  it('fails on a key it does not know', () => {
    expect(() => seedPrices('openai', model({ input_smell_mtok: 1 }))).toThrow(/input_smell_mtok/)
  })

  it('fails on a rate finer than a picodollar, and on a daily window', () => {
    expect(() => seedPrices('openai', model({ input_mtok: 0.0000001 }))).toThrow()
    const constraint = { type: 'time_of_date', start_time: '01:00:00Z', end_time: '04:00:00Z' } as const
    expect(() => seedPrices('openai', model([{ constraint, prices: { input_mtok: 1 } }]))).toThrow(/window/)
  })

  it('P11 drops ids that only a prefix or a pattern matches', () => {
    const ids = models.map(({ id }) => id)
    expect(ids).not.toContain('claude-sonnet-5.0')
    expect(ids.filter((id) => id.startsWith('gpt-5-nano')).sort()).toEqual([
      'gpt-5-nano',
      'gpt-5-nano-2025-08-07',
    ])
    const groq = models.filter(({ provider }) => provider === 'groq')
    const rate = (id: string) =>
      groq.find((entry) => entry.id === id)?.prices[0]?.bands[0]?.rows.default?.text_in
    expect(rate('openai/gpt-oss-safeguard-20b')).toBe(75_000)
    expect(rate('openai/gpt-oss-120b')).toBe(150_000)
  })
})

describe('newer models', () => {
  const record = { id: 'm', name: 'M', input: ['text'], contextWindow: 1, maxTokens: 1 } as const
  const cost = { input: 2, output: 10, cacheRead: 0, cacheWrite: 0 }

  it('P11 takes 0 for "no such rate" and refuses an entry of zeros', () => {
    const file = readNewer()
    const { bands } = newerPrice('openai', { ...record, cost }, file)
    expect(bands[0]?.rows.default).toEqual({ text_in: 2_000_000, text_out: 10_000_000 })
    expect(() => newerPrice('openai', { ...record, cost: { ...cost, input: 0, output: 0 } }, file)).toThrow(
      /no price/,
    )
  })
})

describe('the overlay', () => {
  it('fails on an unknown field, an unknown rate and a model that is not there', () => {
    expect(() => applyOverlay([sample], [fact('colour', 'red')])).toThrow(/colour/)
    expect(() => applyOverlay([sample], [fact('rates', { inptu: '1' })])).toThrow(/inptu/)
    expect(() => applyOverlay([sample], [{ ...fact('drop', ''), model: 'nobody' }])).toThrow(/nobody/)
  })

  it('cites each fact and keeps the oldest date', () => {
    const [changed] = applyOverlay([sample], [fact('rates', { input: '7' })])
    expect(changed?.prices[0]?.source).toContain('a page')
    expect(changed?.prices[0]?.checkedAt).toBe(sample.prices[0]?.checkedAt)
  })
})

describe('checks', () => {
  const row = { text_in: 2, text_out: 4 }

  it('passes what is committed', () => {
    expect(findFaults(models)).toEqual([])
  })

  it.each([
    ['is there twice', [sample, { ...sample, aliases: [] }]],
    ['is there twice', [sample, { ...sample, id: 'other', aliases: [sample.id.toUpperCase()] }]],
    ['has no price', [{ ...sample, prices: [] }]],
    ['has no kind', [{ ...sample, kinds: [] }]],
    ['has a limit', [{ ...sample, contextWindow: 10, maxOutputTokens: 11 }]],
    ['lacks input or output rate', [priced({ default: { text_in: 2 } })]],
    ['has a rate that is none', [priced({ default: { text_in: 0, text_out: 4 } })]],
    ['has a rate that is none', [priced({ default: { text_in: -2, text_out: 4 } })]],
    ['has a rate that is none', [priced({ default: { text_in: 2.5, text_out: 4 } })]],
    ['has an unknown bucket', [priced({ default: { ...row, smell_in: 1 } })]],
    ['lacks one-hour writes', [priced({ default: { ...row, cache_write_5m: 1 } })]],
    [
      'lacks source or date',
      [{ ...sample, prices: sample.prices.map((price) => ({ ...price, source: [] })) }],
    ],
  ])('finds that a model %s', (fault, list) => {
    expect(findFaults(list).join('\n')).toContain(fault)
  })

  it('finds a long band that is cheaper', () => {
    const long = { when: { op: 'gt', tokens: 10 } as const, rows: { default: { text_in: 1, text_out: 4 } } }
    const bands = [{ when: null, rows: { default: row } }, long]
    const prices = sample.prices.map((price) => ({ ...price, bands }))
    expect(findFaults([{ ...sample, prices }]).join()).toContain('cheaper')
  })
})

describe('exact rates', () => {
  it('never passes through a float', () => {
    expect(wholeUnits('0.003625', 6)).toBe(3625)
    expect(wholeUnits('2.5', 6)).toBe(2_500_000)
    expect(timesFactor(75_000, '0.5')).toBe(37_500)
    expect(() => timesFactor(1, '0.5')).toThrow(/whole/)
  })
})
