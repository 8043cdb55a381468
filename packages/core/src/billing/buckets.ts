import type { BucketName, Buckets } from './usage.ts'

/** Buckets that fill the model's input; together they choose the context band. */
const inputBuckets = [
  'text_in',
  'cache_read',
  'cache_write',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_30m',
  'cache_write_12h',
  'audio_in',
  'audio_cache_read',
  'image_in',
  'image_cache_read',
] as const satisfies readonly BucketName[]

/** Buckets of what the model made. */
const outputBuckets = ['text_out', 'audio_out', 'image_out'] as const satisfies readonly BucketName[]

/** Buckets that count calls of server tools; their rates are a price's `fees`. */
export const toolBuckets = ['web_search', 'web_search_preview', 'file_search'] as const

type ToolBucket = (typeof toolBuckets)[number]

/** True for the buckets that are priced by the call and not by the token. */
export function isToolBucket(name: BucketName): name is ToolBucket {
  return name === 'web_search' || name === 'web_search_preview' || name === 'file_search'
}

function sum(buckets: Buckets, names: readonly BucketName[]): number {
  let total = 0
  for (const name of names) total += buckets[name] ?? 0
  return total
}

/** All input tokens, cached ones included. */
export function countInputTokens(buckets: Buckets): number {
  return sum(buckets, inputBuckets)
}

/** All output tokens. */
export function countOutputTokens(buckets: Buckets): number {
  return sum(buckets, outputBuckets)
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
