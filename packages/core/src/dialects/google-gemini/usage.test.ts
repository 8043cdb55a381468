import { describe, expect, test } from 'vitest'
import { createGeminiUsageReader } from './usage.ts'

type Body = Readonly<Record<string, unknown>>

function read(...events: readonly Body[]) {
  const reader = createGeminiUsageReader({})
  for (const event of events) reader.read(event)
  return reader.result()
}

const counts = { promptTokenCount: 10, candidatesTokenCount: 4, totalTokenCount: 14 }
const grounded = (webSearchQueries: readonly string[], modelVersion: string): Body => ({
  candidates: [{ groundingMetadata: { webSearchQueries }, finishReason: 'STOP' }],
  usageMetadata: counts,
  modelVersion,
})

describe('usage of Gemini', () => {
  test('P8 the prompt includes what was cached; results of tools, sound and pictures are apart', () => {
    const usageMetadata = {
      promptTokenCount: 1000,
      cachedContentTokenCount: 400,
      toolUsePromptTokenCount: 50,
      candidatesTokenCount: 90,
      thoughtsTokenCount: 10,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 700 },
        { modality: 'AUDIO', tokenCount: 200 },
        { modality: 'IMAGE', tokenCount: 100 },
      ],
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 60 }],
    }
    expect(read({ usageMetadata })).toMatchObject({
      buckets: {
        text_in: 350,
        cache_read: 400,
        audio_in: 200,
        image_in: 100,
        text_out: 40,
        image_out: 60,
      },
      reasoningTokens: 10,
    })
  })

  test('a report without counts says nothing, and the last one with counts stands', () => {
    expect(read({ usageMetadata: { trafficType: 'ON_DEMAND' } })).toBeUndefined()
    const early = { candidates: [{}], usageMetadata: { ...counts, candidatesTokenCount: 1 } }
    expect(read(early)).toMatchObject({ buckets: { text_out: 1 }, partial: true })
    const late = { candidates: [{ finishReason: 'STOP' }], usageMetadata: counts }
    expect(read(early, late)).toMatchObject({ buckets: { text_in: 10, text_out: 4 } })
    expect(read(early, late)).not.toHaveProperty('partial')
    expect(read(late, { usageMetadata: { trafficType: 'ON_DEMAND' } })?.buckets.text_out).toBe(4)
  })

  test('P10 searches: each query from the third generation on, each grounded answer before', () => {
    const queries = ['a', 'b', 'a', ' ']
    expect(read(grounded(queries, 'gemini-3-flash-preview'))?.buckets.web_search).toBe(2)
    expect(read(grounded(queries, 'gemini-2.5-flash'))?.buckets.web_search).toBe(1)
    expect(read(grounded([], 'gemini-3-flash-preview'))?.buckets).not.toHaveProperty('web_search')
    const twice = grounded(['a'], 'gemini-4-argon')
    expect(read(twice, twice)?.buckets.web_search).toBe(1)
  })

  test('names the tier that was billed', () => {
    const tier = (trafficType: string) => read({ usageMetadata: { ...counts, trafficType } })?.tier
    expect(tier('ON_DEMAND_PRIORITY')).toBe('priority')
    expect(tier('ON_DEMAND_FLEX')).toBe('flex')
    expect(tier('PROVISIONED_THROUGHPUT')).toBeUndefined()
  })
})
