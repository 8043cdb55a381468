import { describe, expect, test } from 'vitest'
import { parseFee } from './fee.ts'
import { affordableOutput, boundByOutput, boundHold, boundInputTokens, type HoldBound } from './hold-bound.ts'
import type { PriceVersion, RateRow } from './price.ts'

const bytes = (...pieces: readonly Uint8Array[]) => ({
  pieces,
  length: pieces.reduce((sum, piece) => sum + piece.length, 0),
})
const text = (body: string) => bytes(Buffer.from(body))
const at = Date.parse('2026-11-23T12:00:00Z')

function priced(row: RateRow, more: Partial<PriceVersion> = {}): readonly PriceVersion[] {
  const bands = [{ when: null, rows: { default: row } }]
  return [{ validFrom: null, validTo: null, bands, source: ['test'], checkedAt: '', ...more }]
}

function hold(prices: readonly PriceVersion[], more: Partial<HoldBound> = {}) {
  const fee = parseFee({})
  return boundHold({ prices, inputTokens: 1000, outputTokens: 0, fee, credential: 'managed', at, ...more })
}

describe('the bound of input', () => {
  test('a byte is at most a token, and frames are allowed for', () => {
    expect(boundInputTokens(text('7|3|1|'))).toBe(6 + 1024)
    expect(boundInputTokens(text('ﷺ'))).toBe(3 + 1024)
  })

  test("never more than the model's maximum input", () => {
    expect(boundInputTokens(text('x'.repeat(5000)), 4096)).toBe(4096)
    expect(boundInputTokens(text('{"url":1}'), 2000)).toBe(2000)
  })

  test('an image behind an address costs more than the bytes of its address', () => {
    const image = '{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}'
    expect(boundInputTokens(text(image))).toBeGreaterThanOrEqual(5000)
    expect(boundInputTokens(text('{"source":{"type":"file","file_id":"f1"}}'))).toBeGreaterThanOrEqual(5000)
    expect(boundInputTokens(text('"url"'.repeat(100_000)))).toBeLessThan(2_000_000)
  })

  test('reads a plain Uint8Array, also one that views a part of its memory', () => {
    const body = new TextEncoder().encode('"url" in front, nothing here')
    expect(boundInputTokens(bytes(body.subarray(6)))).toBe(body.length - 6 + 1024)
  })
})

describe('the bound of a hold', () => {
  const claude = { text_in: 4e6, cache_read: 2e5, cache_write_5m: 5e6, cache_write_1h: 8e6, text_out: 20e6 }

  test('P9 input is held at the dearest rate that it may meet', () => {
    expect(hold(priced(claude), { body: text('{}') })).toBe(5_000_000n)
    expect(hold(priced(claude), { body: text('{"cache_control":{"ttl":"1h"}}') })).toBe(8_000_000n)
    expect(hold(priced(claude)), 'without a body to look at').toBe(8_000_000n)
    const audio = { text_in: 2e6, audio_in: 32e6, text_out: 10e6, audio_out: 64e6 }
    expect(hold(priced(audio), { body: text('{}'), outputTokens: 100 })).toBe(3_000_000n)
    expect(hold(priced(audio), { body: text('{"type":"input_audio"}'), outputTokens: 100 })).toBe(38_400_000n)
  })

  test('P9 on the tier that is asked for, the band of the bound, and the dearest region', () => {
    const bands = [
      { when: null, rows: { default: { text_in: 1e6 }, priority: { text_in: 2e6 } } },
      { when: { op: 'gt', tokens: 999 }, rows: { default: { text_in: 3e6 } } },
    ] as const
    const versions = priced({}, { bands, geo: { eu: '0.9', us: '1.1' } })
    expect(hold(versions, { inputTokens: 999 })).toBe(1_098_900n)
    expect(hold(versions, { inputTokens: 999, tier: 'priority' })).toBe(2_197_800n)
    expect(hold(versions)).toBe(3_300_000n)
    expect(() => hold(versions, { tier: 'flex' })).toThrow(/"flex"/)
  })

  test('tool calls are held only where a number of them is allowed', () => {
    const versions = priced({ text_in: 0 }, { fees: { web_search: 1e10, file_search: 2.5e9 } })
    expect(hold(versions)).toBe(0n)
    expect(hold(versions, { toolCalls: 2 })).toBe(20_000_000n)
  })

  test('P11 what has no price is refused before it is sent', () => {
    expect(() => hold([])).toThrow(expect.objectContaining({ code: 'model_not_priced' }))
    expect(() => hold(priced({ text_in: 1 }), { outputTokens: 1 })).toThrow(/"text_out"/)
  })

  test("an account's own credential needs no price: the fee is all there is to hold", () => {
    const own = { credential: 'own', fee: parseFee(), outputTokens: 1000 } as const
    expect(hold([], own)).toBe(100_000n)
  })
})

describe('the output that an amount affords', () => {
  const boundOf = (row: RateRow) => {
    const request = {
      prices: priced(row),
      inputTokens: 1000,
      fee: parseFee(),
      credential: 'managed',
      at,
    } as const
    let questions = 0
    const bound = boundByOutput(request)
    const counted = (tokens: number) => {
      questions += 1
      return bound(tokens)
    }
    return { bound: counted, questions: () => questions }
  }

  test.each([
    ['dear', { text_in: 3e6, text_out: 15e6 }, 3_050_000n],
    ['cheap', { text_in: 1e5, text_out: 7 }, 150_001n],
    ['free', { text_in: 1e5, text_out: 0 }, 150_001n],
    ['too little for the input', { text_in: 3e6, text_out: 15e6 }, 2_000_000n],
    ['all of it', { text_in: 3e6, text_out: 15e6 }, 10_000_000_000n],
  ])('is the last number whose bound it covers: %s', (_, row, amount) => {
    const { bound } = boundOf(row)
    for (let more = 0n; more < 60n; more += 7n) {
      const covered = affordableOutput(bound, amount + more, 100_000)
      if (covered > 0) expect(bound(covered)).toBeLessThanOrEqual(amount + more)
      if (covered < 100_000) expect(bound(covered + 1)).toBeGreaterThan(amount + more)
    }
  })

  test('asks for the price of a handful of numbers, not of a search through all', () => {
    const { bound, questions } = boundOf({ text_in: 3e6, text_out: 15e6 })
    expect(affordableOutput(bound, 50_000_000n, 128_000)).toBe(3119)
    expect(questions()).toBeLessThanOrEqual(5)
  })
})
