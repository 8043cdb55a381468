import { describe, expect, test } from 'vitest'
import { createResponsesUsageReader } from './usage.ts'

function read(response: Record<string, unknown>) {
  const reader = createResponsesUsageReader({})
  reader.read({ type: 'response.completed', response })
  return reader.result()
}

const usage = { input_tokens: 100, output_tokens: 10 }
const search = { type: 'web_search_call', action: { type: 'search' } }

describe('usage of Responses', () => {
  test('a whole response reads like the event that ends a stream', () => {
    const reader = createResponsesUsageReader({})
    reader.read({ object: 'response', model: 'gpt-5', service_tier: 'flex', usage })
    expect(reader.result()).toMatchObject({
      buckets: { text_in: 100, text_out: 10 },
      servedModel: 'gpt-5',
      tier: 'flex',
    })
  })

  test('a failed response without usage leaves what was read before', () => {
    const reader = createResponsesUsageReader({})
    reader.read({ response: { usage: null } })
    expect(reader.result()).toBeUndefined()
  })

  test('P10 searches are charged by the call: the counter first, then the items; opening pages is free', () => {
    const output = [
      search,
      search,
      { type: 'web_search_call', action: { type: 'open_page' } },
      { type: 'web_search_call' },
    ]
    expect(read({ usage, output })?.buckets.web_search).toBe(3)
    expect(read({ usage, output, tool_usage: { web_search: { num_requests: 7 } } })?.buckets.web_search).toBe(
      7,
    )
    expect(
      read({ usage, output, tool_usage: { web_search: { num_requests: 0 } } })?.buckets.web_search,
    ).toBeUndefined()
  })

  test('P10 the tool that was asked for decides between search and its preview', () => {
    const tools = [{ type: 'web_search_preview_2025_03_11' }]
    expect(read({ usage, tools, output: [search] })?.buckets).toEqual({
      text_in: 100,
      text_out: 10,
      web_search_preview: 1,
    })
  })

  test('cache writes with lifetimes of their own are buckets of their own', () => {
    const input_tokens_details = {
      cached_tokens: 10,
      cache_write_tokens: 60,
      cache_write_tokens_details: { ttl_30m_tokens: 20, ttl_12h_tokens: 30 },
    }
    expect(read({ usage: { ...usage, input_tokens_details } })?.buckets).toEqual({
      text_in: 30,
      cache_read: 10,
      cache_write: 10,
      cache_write_30m: 20,
      cache_write_12h: 30,
      text_out: 10,
    })
  })

  test('P10 images and drawings are made by other models, outside of usage', () => {
    const found = read({
      usage,
      tools: [{ type: 'image_generation', model: 'gpt-image-2' }],
      tool_usage: {
        image_gen: { input_tokens: 50, input_tokens_details: { image_tokens: 20 }, output_tokens: 4160 },
      },
      output: [
        { type: 'image_generation_call', svg_usage: { model: 'svg-1', input_tokens: 5, output_tokens: 6 } },
      ],
    })
    expect(found?.buckets).toEqual({ text_in: 100, text_out: 10 })
    expect(found?.passes).toEqual([
      { model: 'gpt-image-2', buckets: { text_in: 30, image_in: 20, image_out: 4160 } },
      { model: 'svg-1', buckets: { text_in: 5, text_out: 6 } },
    ])
  })
})
