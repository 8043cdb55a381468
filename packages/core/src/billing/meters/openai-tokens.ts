import { withoutZeros } from '../buckets.ts'
import { type CountReader, detailsAt, type Fields } from '../counts.ts'
import type { Buckets } from '../usage.ts'

/** How one of OpenAI's APIs names its totals. */
export interface OpenAiTokenNames {
  readonly input: string
  readonly output: string
}

/** What a usage object in OpenAI's manner says. */
export interface OpenAiTokens {
  readonly buckets: Buckets
  readonly reasoningTokens: number
}

interface Writes {
  readonly cache_write: number
  readonly cache_write_30m: number
  readonly cache_write_12h: number
  readonly sum: number
}

/** Cache writes by lifetime, which are parts of `cache_write_tokens`. */
function mapWrites(input: Fields, counts: CountReader): Writes {
  const lifetimes = detailsAt(input, 'cache_write_tokens_details')
  const cache_write_30m = counts.count(lifetimes, 'ttl_30m_tokens')
  const cache_write_12h = counts.count(lifetimes, 'ttl_12h_tokens')
  const written = counts.count(input, 'cache_write_tokens')
  const cache_write = counts.rest('cache_write_tokens', written, cache_write_30m + cache_write_12h)
  return {
    cache_write,
    cache_write_30m,
    cache_write_12h,
    sum: cache_write + cache_write_30m + cache_write_12h,
  }
}

/** Cached tokens: OpenAI's name for them, or DeepSeek's. */
function countCached(usage: Fields, input: Fields, counts: CountReader): number {
  return Math.max(counts.count(input, 'cached_tokens'), counts.count(usage, 'prompt_cache_hit_tokens'))
}

/**
 * Maps usage in which the totals include their details: cached, written, audio and image tokens are parts of
 * the input, reasoning and audio parts of the output.
 *
 * @param output The output total, where the caller knows better than the object (xAI).
 */
export function mapOpenAiTokens(
  usage: Fields,
  names: OpenAiTokenNames & { readonly outputTokens?: number },
  counts: CountReader,
): OpenAiTokens {
  const input = detailsAt(usage, `${names.input}_details`)
  const output = detailsAt(usage, `${names.output}_details`)
  const cache_read = countCached(usage, input, counts)
  const { cache_write, cache_write_30m, cache_write_12h, sum } = mapWrites(input, counts)
  const audio_in = counts.count(input, 'audio_tokens')
  const image_in = counts.count(input, 'image_tokens')
  const audio_out = counts.count(output, 'audio_tokens')
  const made = names.outputTokens ?? counts.count(usage, names.output)
  const taken = cache_read + sum + audio_in + image_in
  return {
    buckets: withoutZeros({
      text_in: counts.rest(names.input, counts.count(usage, names.input), taken),
      cache_read,
      cache_write,
      cache_write_30m,
      cache_write_12h,
      audio_in,
      image_in,
      text_out: counts.rest(names.output, made, audio_out),
      audio_out,
    }),
    reasoningTokens: counts.count(output, 'reasoning_tokens'),
  }
}
