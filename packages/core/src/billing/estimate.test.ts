import { describe, expect, test } from 'vitest'
import { estimateTokens, estimateUsage, mergeEstimate } from './estimate.ts'
import type { Usage } from './usage.ts'

describe('estimates', () => {
  test('P4 any text is at least a token, and no text is none', () => {
    expect(estimateTokens(1)).toBe(1)
    expect(estimateTokens(0)).toBe(0)
  })

  test('prose comes out near its count: 108 bytes that were 30 tokens', () => {
    expect(estimateTokens(108)).toBe(32)
  })

  test("P5 never more than the model's maximum", () => {
    expect(estimateTokens(10_000_000, 128_000)).toBe(128_000)
    const usage = estimateUsage({
      inputBytes: 9e6,
      outputBytes: 9e6,
      maxInputTokens: 1000,
      maxOutputTokens: 50,
    })
    expect(usage).toEqual({ buckets: { text_in: 1000, text_out: 50 }, source: 'estimated' })
  })

  test('T23 a report that ended early keeps its input and gets its output estimated', () => {
    const reported: Usage = {
      buckets: { text_in: 3, text_out: 1 },
      source: 'provider',
      tier: 'standard',
      partial: true,
    }
    expect(mergeEstimate(reported, 40)).toEqual({
      buckets: { text_in: 3, text_out: 40 },
      source: 'mixed',
      tier: 'standard',
    })
    expect(mergeEstimate(reported, 0).buckets.text_out, 'never below what was seen').toBe(1)
  })

  test('P5 a complete report is left alone, an explicit 0 too', () => {
    const reported: Usage = { buckets: {}, source: 'provider' }
    expect(mergeEstimate(reported, 40)).toBe(reported)
  })
})
