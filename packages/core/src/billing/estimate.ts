import type { Usage } from './usage.ts'

/**
 * Tokens in 100 bytes of text where nobody counted them. Prose measures about 29 with the tokenizers in use,
 * code 25, minified JSON 50; prose is what most answers are.
 */
const tokensPer100Bytes = 29

/**
 * Tokens that a number of bytes of text stands for, by the measure of prose: at least 1 when there was any
 * text, and never more than the model can take or make.
 *
 * @example
 * estimateTokens(108, 4096) // 32
 */
export function estimateTokens(bytes: number, maxTokens = Number.MAX_SAFE_INTEGER): number {
  return Math.min(Math.ceil((bytes * tokensPer100Bytes) / 100), maxTokens)
}

/** What is known of a call that reported no usage. */
export interface EstimateFacts {
  /** Of the request, decompressed. */
  readonly inputBytes: number
  /** Tokens of input that the request only names. @default 0 */
  readonly history?: number | undefined
  /** Of the answer's own text, as far as it was delivered. */
  readonly outputBytes: number
  readonly maxInputTokens?: number | undefined
  readonly maxOutputTokens?: number | undefined
}

/** The usage of an answer that reported none. Marked as estimated; whether to charge it is the caller's matter. */
export function estimateUsage(facts: EstimateFacts): Usage {
  const { history = 0, maxInputTokens = Number.MAX_SAFE_INTEGER } = facts
  return {
    buckets: {
      text_in: Math.min(history + estimateTokens(facts.inputBytes), maxInputTokens),
      text_out: estimateTokens(facts.outputBytes, facts.maxOutputTokens),
    },
    source: 'estimated',
  }
}

/**
 * Completes a report that ended before its output was counted: the output becomes the estimate, unless the
 * report already showed more. A complete report is returned as it is, an explicit 0 included.
 *
 * @param outputTokens From `estimateTokens`, bounded by the model's maximum.
 */
export function mergeEstimate(reported: Usage, outputTokens: number): Usage {
  if (!reported.partial) return reported
  const { partial, ...usage } = reported
  const text_out = Math.max(reported.buckets.text_out ?? 0, outputTokens)
  return { ...usage, buckets: { ...reported.buckets, text_out }, source: 'mixed' }
}
