import { describe, expect, test } from 'vitest'
import type { UsageQuirks } from '../../billing/usage.ts'
import { createChatUsageReader } from './usage.ts'

function read(quirks: UsageQuirks, ...events: Record<string, unknown>[]) {
  const reader = createChatUsageReader(quirks)
  for (const event of events) reader.read(event)
  return reader.result()
}

const usage = (prompt_tokens: number, completion_tokens: number, more: object = {}) => ({
  usage: { prompt_tokens, completion_tokens, ...more },
})

describe('usage of Chat Completions', () => {
  test('P7 counts that grow on every chunk are overwritten, never added', () => {
    expect(read({}, usage(10, 1), usage(10, 2), usage(10, 3), { usage: null })?.buckets).toEqual({
      text_in: 10,
      text_out: 3,
    })
  })

  test('P5 an explicit zero is a report; an object without counts is none', () => {
    expect(read({}, usage(0, 0))).toMatchObject({ buckets: {}, source: 'provider' })
    expect(read({}, { usage: {} }, { choices: [] })).toBeUndefined()
  })

  test('P6 usage is found in x_groq and on the first choice', () => {
    expect(read({}, { x_groq: usage(3, 4) })?.buckets).toEqual({ text_in: 3, text_out: 4 })
    expect(read({}, { choices: [usage(3, 4)] })?.buckets).toEqual({ text_in: 3, text_out: 4 })
  })

  test("DeepSeek's own names for cached tokens count where details are missing", () => {
    const hit = { prompt_cache_hit_tokens: 320, prompt_cache_miss_tokens: 19 }
    expect(read({}, usage(339, 83, hit))?.buckets).toEqual({ text_in: 19, cache_read: 320, text_out: 83 })
  })

  test('P8 a rest below zero is clamped and noted', () => {
    const odd = read({}, usage(10, 2, { prompt_tokens_details: { cached_tokens: 12 } }))
    expect(odd?.buckets).toEqual({ cache_read: 12, text_out: 2 })
    expect(odd?.anomalies).toEqual(['prompt_tokens is 2 below the sum of its parts'])
  })

  test.each([-5, '7', 1e300, Number.NaN])('a count of %j is none and is noted', (prompt_tokens) => {
    const odd = read({}, { usage: { prompt_tokens, completion_tokens: 2 } })
    expect(odd?.buckets).toEqual({ text_out: 2 })
    expect(odd?.anomalies).toContain('prompt_tokens is not a count')
  })

  test('P10 thoughts that only the total holds are output, where the provider is known for it', () => {
    const short = usage(100, 20, { total_tokens: 150 })
    expect(read({ reasoningOutsideCompletion: true }, short)?.buckets.text_out).toBe(50)
    expect(read({}, short)?.buckets.text_out).toBe(20)
    const untotalled = usage(100, 20, { completion_tokens_details: { reasoning_tokens: 30 } })
    expect(read({ reasoningOutsideCompletion: true }, untotalled)?.buckets.text_out).toBe(50)
  })

  test('a reported charge is believed of declared providers only', () => {
    const byok = usage(194, 2, {
      cost: 0.0000125,
      cost_details: { upstream_inference_cost: 0.00025 },
      is_byok: true,
    })
    expect(read({}, byok)).not.toHaveProperty('providerCost')
    expect(read({ reportsCost: true }, byok)).toMatchObject({
      buckets: { text_in: 194, text_out: 2, provider_cost: 1 },
      providerCost: '0.000262500000',
    })
    const plain = usage(194, 2, {
      cost: 2.625e-7,
      cost_details: { upstream_inference_cost: 2.6e-7 },
      is_byok: false,
    })
    expect(read({ reportsCost: true }, plain)?.providerCost).toBe('0.000000262500')
    for (const cost of [-1, '1', null, 1e300]) {
      expect(read({ reportsCost: true }, usage(1, 1, { cost }))?.buckets).toEqual({ text_in: 1, text_out: 1 })
    }
  })

  test('tier of the last chunk that names one, also inside usage; empty model names do not count', () => {
    const served = read(
      {},
      { model: '', service_tier: null },
      { model: 'm-1', service_tier: 'priority' },
      usage(1, 1),
    )
    expect(served).toMatchObject({ servedModel: 'm-1', tier: 'priority' })
    expect(read({}, usage(1, 1, { service_tier: 'on_demand' }))?.tier).toBe('on_demand')
  })
})
