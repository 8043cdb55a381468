import type { BucketName, Buckets } from './usage.ts'

/** Buckets that count calls of server tools; their rates are a price's `fees`. */
export const toolBuckets = ['web_search', 'web_search_preview', 'file_search'] as const

type ToolBucket = (typeof toolBuckets)[number]

/** True for the buckets that are priced by the call and not by the token. */
export function isToolBucket(name: BucketName): name is ToolBucket {
  return name === 'web_search' || name === 'web_search_preview' || name === 'file_search'
}

/**
 * All input tokens, cached ones included; they choose the context band. Written out, like the output below:
 * they are counted several times a call, and a loop over names is ten times as slow.
 */
export function countInputTokens(buckets: Buckets): number {
  const { text_in = 0, audio_in = 0, image_in = 0 } = buckets
  const { cache_read = 0, audio_cache_read = 0, image_cache_read = 0 } = buckets
  const { cache_write = 0, cache_write_5m = 0, cache_write_30m = 0 } = buckets
  const { cache_write_1h = 0, cache_write_12h = 0 } = buckets
  const written = cache_write + cache_write_5m + cache_write_30m + cache_write_1h + cache_write_12h
  return text_in + audio_in + image_in + cache_read + audio_cache_read + image_cache_read + written
}

/** All output tokens. */
export function countOutputTokens({ text_out = 0, audio_out = 0, image_out = 0 }: Buckets): number {
  return text_out + audio_out + image_out
}

/** A copy without the buckets that are 0, so that a ledger row holds only what was consumed. */
export function withoutZeros(counts: Buckets): Buckets {
  const buckets: Buckets = {}
  for (const name of Object.keys(counts) as BucketName[]) {
    const count = counts[name]
    if (count) buckets[name] = count
  }
  return buckets
}
