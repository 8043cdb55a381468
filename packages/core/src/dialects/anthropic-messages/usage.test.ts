import { describe, expect, test } from 'vitest'
import { createMessagesUsageReader } from './usage.ts'

function read(...events: Record<string, unknown>[]) {
  const reader = createMessagesUsageReader({})
  for (const event of events) reader.read(event)
  return reader.result()
}

const start = (usage: object, more: object = {}) => ({
  type: 'message_start',
  message: { model: 'claude-a', stop_reason: null, usage, ...more },
})
const delta = (usage: object) => ({ type: 'message_delta', usage })

describe('usage of Messages', () => {
  test('T17 P9 cache writes are split by lifetime and cost apart', () => {
    const usage = {
      input_tokens: 10,
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
      cache_read_input_tokens: 1000,
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 },
    }
    expect(read({ type: 'message', model: 'claude-a', usage })).toMatchObject({
      buckets: { text_in: 10, cache_read: 1000, cache_write_5m: 60, cache_write_1h: 40, text_out: 50 },
      reasoningTokens: 20,
    })
  })

  test('P7 a delta overwrites what it holds and keeps lifetimes, tier, speed and region of the start', () => {
    const first = {
      input_tokens: 10,
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
      output_tokens: 1,
      service_tier: 'priority',
      speed: 'fast',
      inference_geo: 'us',
    }
    const last = {
      input_tokens: null,
      cache_creation_input_tokens: 120,
      output_tokens: 50,
      service_tier: null,
    }
    expect(read(start(first), delta({ output_tokens: 20 }), delta(last))).toEqual({
      source: 'provider',
      buckets: { text_in: 10, cache_write_5m: 80, cache_write_1h: 40, text_out: 50 },
      reasoningTokens: 0,
      servedModel: 'claude-a',
      tier: 'priority',
      speed: 'fast',
      geo: 'us',
    })
  })

  test('T23 P4 without a delta the output is a placeholder, unless the start was the whole answer', () => {
    expect(read(start({ input_tokens: 3, output_tokens: 1 }))).toMatchObject({
      partial: true,
      buckets: { text_in: 3 },
    })
    expect(
      read(start({ input_tokens: 0, output_tokens: 0 }, { stop_reason: 'tool_use' })),
    ).not.toHaveProperty('partial')
  })

  test('nothing reported is undefined', () => {
    expect(read({ type: 'ping' }, { type: 'error', error: {} })).toBeUndefined()
  })

  const pass = (type: string, tokens: readonly [number, number], more: object = {}) => ({
    type,
    input_tokens: tokens[0],
    output_tokens: tokens[1],
    ...more,
  })

  test('T19 P10 an advisor is priced at its own model, on top', () => {
    const iterations = [
      pass('message', [10, 20]),
      pass('advisor_message', [500, 60], { model: 'claude-b', cache_read_input_tokens: 7 }),
    ]
    expect(read(delta({ input_tokens: 10, output_tokens: 20, iterations }))).toMatchObject({
      buckets: { text_in: 10, text_out: 20 },
      passes: [{ model: 'claude-b', buckets: { text_in: 500, cache_read: 7, text_out: 60 } }],
    })
  })

  test('T19 P10 compaction: the passes stand for the top level, which leaves it out', () => {
    const iterations = [
      pass('compaction', [60_385, 522]),
      pass('message', [612, 2819], { model: 'claude-a' }),
    ]
    const found = read(
      start({ input_tokens: 60_385, output_tokens: 1 }),
      delta({ output_tokens: 2819, iterations }),
    )
    expect(found?.buckets).toEqual({ text_in: 60_997, text_out: 3341 })
  })

  test('T19 P10 compaction and fallback together: the declined pass is left out', () => {
    const iterations = [
      pass('compaction', [60_000, 500], {
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_1h_input_tokens: 10 },
      }),
      pass('message', [408, 0], { model: 'claude-a' }),
      pass('message', [400, 8], { model: 'claude-b' }),
      pass('fallback_message', [412, 264], { model: 'claude-b' }),
    ]
    expect(
      read(start({ input_tokens: 60_000, output_tokens: 1 }), delta({ output_tokens: 272, iterations })),
    ).toMatchObject({
      buckets: { text_in: 60_812, cache_write_5m: 20, cache_write_1h: 10, text_out: 772 },
      servedModel: 'claude-b',
    })
  })

  test('P8 more one-hour writes than writes are clamped and noted', () => {
    const odd = read(
      delta({
        input_tokens: 1,
        output_tokens: 1,
        cache_creation_input_tokens: 5,
        cache_creation: { ephemeral_1h_input_tokens: 9 },
      }),
    )
    expect(odd?.buckets).toEqual({ text_in: 1, cache_write_1h: 9, text_out: 1 })
    expect(odd?.anomalies).toEqual(['cache_creation_input_tokens is 4 below the sum of its parts'])
  })
})
