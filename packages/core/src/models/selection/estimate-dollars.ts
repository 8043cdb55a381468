import { priceUsage } from '../../billing/model-cost.ts'
import type { ModelEntry } from '../model.ts'

/** What is known of a call before it is made. */
export interface ExpectedUse {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Of an answer whose length nobody knows. */
const usualOutput = 1000

/** Output that is likely: most answers end well below what they may have. */
export function likelyOutput(...limits: readonly (number | undefined)[]): number {
  return Math.min(usualOutput, ...limits.filter((limit) => limit !== undefined))
}

/**
 * US dollars that a call is likely to cost, for comparing models alone: without caches, tools and fee. Undefined
 * without a price.
 *
 * @example
 * estimateDollars(entry, { at: Date.now(), inputTokens: 12_000, outputTokens: 500 }) // 0.0325
 */
export function estimateDollars(entry: ModelEntry | undefined, expected: ExpectedUse): number | undefined {
  if (entry === undefined || entry.prices.length === 0) return undefined
  const { at, inputTokens } = expected
  const outputTokens = Math.min(expected.outputTokens, entry.maxOutputTokens ?? Number.MAX_SAFE_INTEGER)
  const buckets = { text_in: inputTokens, text_out: writesText(entry) ? outputTokens : 0 }
  try {
    const { picodollars } = priceUsage(entry.prices, { buckets, source: 'estimated' }, at)
    return Number(picodollars.numerator) / Number(picodollars.denominator) / 1e12
  } catch {
    // No price at this time, or none for text.
    return undefined
  }
}

/** Vectors are not billed by what comes out. */
function writesText({ kinds }: ModelEntry): boolean {
  return !(kinds.length === 1 && kinds[0] === 'embeddings')
}
