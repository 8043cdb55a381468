import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type PriceSituation, selectPrice } from '../billing/select-price.ts'
import type { BucketName } from '../billing/usage.ts'
import { catalog } from './catalog.ts'
import { createModelIndex } from './model-index.ts'

const providers = [...new Set(catalog.models.map(({ provider }) => provider))].map((id) => ({ id }))
const index = createModelIndex({ providers })

function choose(model: string, situation: Partial<Omit<PriceSituation, 'at'>> & { at?: string } = {}) {
  const { at = '2026-11-23T12:00:00Z', ...rest } = situation
  const prices = index.resolve(model).entry?.prices ?? []
  return selectPrice(prices, { totalInput: 1, ...rest, at: Date.parse(at) })
}
const usd = (rate: number | undefined) => (rate ?? Number.NaN) / 1_000_000

/** in / cached / write / one-hour write / out, USD per million tokens. */
const rates: readonly (readonly [model: string, ...rates: readonly (number | undefined)[]])[] = [
  ['gpt-4o', 2.5, 1.25, undefined, undefined, 10],
  ['gpt-4o-2024-11-20', 2.5, 1.25, undefined, undefined, 10],
  ['gpt-4o-2024-05-13', 5, undefined, undefined, undefined, 15],
  ['gpt-4o-mini', 0.15, 0.075, undefined, undefined, 0.6],
  ['gpt-4.1', 2, 0.5, undefined, undefined, 8],
  ['o3', 2, 0.5, undefined, undefined, 8],
  ['o4-mini', 1.1, 0.275, undefined, undefined, 4.4],
  ['gpt-5', 1.25, 0.125, undefined, undefined, 10],
  ['gpt-5-mini', 0.25, 0.025, undefined, undefined, 2],
  ['gpt-5.4', 2.5, 0.25, undefined, undefined, 15],
  ['gpt-5.5', 5, 0.5, undefined, undefined, 30],
  ['gpt-5.6-sol', 4, 0.4, 5, undefined, 20],
  ['gpt-6-sol', 2, 0.2, 2.5, undefined, 10],
  ['gpt-6-luna', 0.1, 0.01, 0.125, undefined, 0.5],
  ['gpt-6-astra', 10, 1, 12.5, undefined, 50],
  ['gpt-6.1-sol', 2, 0.1, 2.5, undefined, 10],
  ['gpt-6.2-sol', 2, 0.1, 2.5, undefined, 10],
  ['gpt-6.1-terra', 1, 0.05, 1.25, undefined, 5],
  ['text-embedding-3-small', 0.02, undefined, undefined, undefined, undefined],
  ['text-embedding-3-large', 0.13, undefined, undefined, undefined, undefined],
  ['claude-sonnet-4-6', 3, 0.3, 3.75, 6, 15],
  ['claude-sonnet-4-5-20250929', 3, 0.3, 3.75, 6, 15],
  ['claude-opus-4-6', 5, 0.5, 6.25, 10, 25],
  ['claude-opus-4-8', 5, 0.5, 6.25, 10, 25],
  ['claude-opus-5', 5, 0.5, 6.25, 10, 25],
  ['claude-opus-5-5', 4, 0.2, 5, 8, 20],
  ['claude-sonnet-5', 2, 0.2, 2.5, 4, 10],
  ['claude-sonnet-5-5', 2, 0.1, 2.5, 4, 10],
  ['claude-haiku-4-5', 1, 0.1, 1.25, 2, 5],
  ['claude-haiku-4-5-20251001', 1, 0.1, 1.25, 2, 5],
  ['claude-3-5-haiku-20241022', 0.8, 0.08, 1, 1.6, 4],
  ['claude-haiku-5-5', 0.1, 0.01, 0.125, 0.2, 0.5],
  ['claude-fable-5-1', 10, 0.25, 12.5, 20, 50],
  ['claude-fable-5-2', 8, 0.2, 10, 16, 40],
  ['gemini-2.5-pro', 1.25, 0.125, undefined, undefined, 10],
  ['grok-4.3', 1.25, 0.2, undefined, undefined, 2.5],
  ['deepseek-v4-flash', 0.22, 0.007, undefined, undefined, 0.66],
]

describe('the catalogue', () => {
  it.each(rates.map(([model, ...expected]) => ({ model, expected })))(
    'P11 $model costs $expected',
    ({ model, expected }) => {
      const { row } = choose(model)
      const write = row.cache_write ?? row.cache_write_5m
      expect(
        [row.text_in, row.cache_read, write, row.cache_write_1h, row.text_out].map((rate) =>
          rate === undefined ? undefined : usd(rate),
        ),
      ).toEqual(expected)
    },
  )

  it('knows audio, images, speech and seconds at rates of their own', () => {
    expect(choose('gpt-audio').row).toMatchObject({ audio_in: 32_000_000, audio_out: 64_000_000 })
    expect(choose('gpt-4o-audio-preview').row).toMatchObject({ audio_in: 40_000_000, audio_out: 80_000_000 })
    expect(choose('gpt-realtime').row).toMatchObject({ audio_cache_read: 400_000, image_in: 5_000_000 })
    expect(choose('gpt-image-1').row).toMatchObject({ image_in: 10_000_000, image_out: 40_000_000 })
    expect(choose('gpt-image-1').row.text_out).toBeUndefined()
    expect(choose('gpt-4o-transcribe').row).toMatchObject({ audio_in: 6_000_000, text_out: 10_000_000 })
    expect(choose('whisper-1').row).toEqual({ seconds_in: 100_000_000 })
  })

  it('knows the fees of server tools', () => {
    expect(choose('gpt-5').fees).toEqual({
      web_search: 10_000_000_000,
      web_search_preview: 10_000_000_000,
      file_search: 2_500_000_000,
    })
    expect(choose('gpt-4.1').fees.web_search_preview).toBe(25_000_000_000)
    expect(choose('claude-sonnet-5-5').fees.web_search).toBe(10_000_000_000)
  })

  it('knows limits as far as sources tell them', () => {
    const limits = (id: string) => {
      const { contextWindow, maxInputTokens, maxOutputTokens } = index.resolve(id).entry ?? {}
      return [contextWindow, maxInputTokens, maxOutputTokens]
    }
    expect(limits('gpt-5')).toEqual([400_000, 272_000, 128_000])
    expect(limits('gpt-6-sol')).toEqual([1_050_000, 922_000, 128_000])
    expect(limits('claude-opus-5-5')).toEqual([1_000_000, undefined, 128_000])
    expect(limits('claude-haiku-4-5')).toEqual([200_000, undefined, 64_000])
  })
})

describe('choices', () => {
  it('tier: priority is a row of its own, batch and flex halve', () => {
    const input = (model: string, tier: string) => usd(choose(model, { tier }).row.text_in)
    expect(input('gpt-4o', 'priority')).toBe(4.25)
    expect(input('gpt-4o-2024-08-06', 'priority')).toBe(4.25)
    expect(input('gpt-4o-2024-05-13', 'priority')).toBe(8.75)
    expect(input('gpt-4.1', 'priority')).toBe(3.5)
    expect(input('gpt-5-mini', 'priority')).toBe(0.45)
    expect(input('gpt-5', 'priority')).toBe(2.5)
    expect(input('gpt-5.5', 'priority')).toBe(12.5)
    expect(input('o3', 'flex')).toBe(1)
    expect(input('gpt-4o', 'batch')).toBe(1.25)
    expect(input('claude-opus-5-5', 'batch')).toBe(2)
    expect(() => choose('gpt-4o', { tier: 'flex' })).toThrow(/flex/)
  })

  it('speed: fast is twice on claude-opus-4-8 and six times on 4-6', () => {
    const output = (model: string) => usd(choose(model, { speed: 'fast' }).row.text_out)
    expect(output('claude-opus-4-8')).toBe(50)
    expect(output('claude-opus-4-6')).toBe(150)
    expect(() => choose('claude-sonnet-5', { speed: 'fast' })).toThrow(/fast/)
  })

  it.each([
    ['gpt-5.4', 272_000, [2.5, 5]],
    ['gpt-6-sol', 272_000, [2, 4]],
    ['gpt-6.1-sol', 272_000, [2, 4]],
    ['gemini-2.5-pro', 200_000, [1.25, 2.5]],
    ['claude-haiku-5-5', 100_000, [0.1, 0.5]],
    ['grok-4.3', 199_999, [1.25, 2.5]],
    ['grok-4.7', 199_999, [2, 4]],
  ])('band: the last short input of %s is %d tokens', (model, tokens, expected) => {
    const input = (totalInput: number) => usd(choose(model, { totalInput }).row.text_in)
    expect([input(tokens), input(tokens + 1)]).toEqual(expected)
  })

  it('date: a price ends when the next begins', () => {
    const at = (model: string, day: string, totalInput = 1) => choose(model, { at: day, totalInput }).row
    expect(usd(at('o3', '2025-06-09T23:59:59Z').cache_read)).toBe(2.5)
    expect(usd(at('o3', '2025-06-10T00:00:00Z').text_in)).toBe(2)
    expect(usd(at('gpt-5.6-sol', '2026-08-20T23:59:59Z').text_in)).toBe(5)
    expect(usd(at('gpt-5.6-sol', '2026-08-21T00:00:00Z').text_in)).toBe(4)
    expect(usd(at('claude-sonnet-4-6', '2026-03-12T12:00:00Z', 250_000).text_in)).toBe(6)
    expect(usd(at('claude-sonnet-4-6', '2026-03-13T00:00:00Z', 250_000).text_in)).toBe(3)
    expect(usd(at('gemini-3.6-flash', '2027-01-01T00:00:00Z').text_in)).toBe(1.5)
  })

  it('hour: peaks of deepseek-v4-flash, from 2026-08-17 on, and not at weekends since 2026-08-23', () => {
    const input = (at: string) => usd(choose('deepseek-v4-flash', { at }).row.text_in)
    expect(input('2026-09-01T02:00:00Z')).toBe(0.44)
    expect(input('2026-09-01T04:00:00Z')).toBe(0.22)
    expect(input('2026-09-01T09:59:59Z')).toBe(0.44)
    expect(input('2026-09-05T02:00:00Z')).toBe(0.22)
    expect(input('2026-08-22T02:00:00Z')).toBe(0.44)
    expect(input('2026-08-10T02:00:00Z')).toBe(0.14)
  })

  it('geo: from 4.6 on, "us" is a tenth dearer', () => {
    expect(choose('claude-opus-4-8').geo).toEqual({ us: '1.1' })
    expect(choose('claude-haiku-4-5').geo).toEqual({})
  })
})

interface PriceCase {
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly request_time?: string
  readonly response_service_tier?: string
  readonly usage: { readonly speed?: string }
  readonly lines: readonly {
    readonly bucket: BucketName
    readonly tokens?: number
    readonly picodollars_each: string
  }[]
}
const file = new URL('../../../../test/fixtures/price-cases.json', import.meta.url)
const { cases }: { cases: readonly PriceCase[] } = JSON.parse(readFileSync(file, 'utf8'))
const sold = new Set(providers.map(({ id }) => id))
const output = new Set<string>(['text_out', 'audio_out', 'image_out'])

describe('recorded calls', () => {
  it.each(cases.filter(({ provider }) => sold.has(provider)))('$id is billed at its rates', (recorded) => {
    const { provider, model, lines } = recorded
    const { row, fees } = choose(`${provider}:${model}`, {
      at: recorded.request_time ?? '2026-11-23T12:00:00Z',
      tier: recorded.response_service_tier,
      speed: recorded.usage.speed,
      totalInput: lines.reduce((sum, line) => sum + (output.has(line.bucket) ? 0 : (line.tokens ?? 0)), 0),
    })
    const chosen: Partial<Record<BucketName, number>> = { ...row, ...fees }
    for (const line of lines) expect(String(chosen[line.bucket]), line.bucket).toBe(line.picodollars_each)
  })
})
