import { withoutZeros } from '../buckets.ts'
import { type CountReader, type Fields, objectsAt } from '../counts.ts'
import type { Buckets } from '../usage.ts'

/** Maps Bedrock Converse usage: input leaves the cache out; lifetimes are only in `cacheDetails`. */
export function mapConverse(usage: Fields, counts: CountReader): Buckets {
  const cache_write_1h = objectsAt(usage, 'cacheDetails')
    .filter((entry) => entry.ttl === '1h')
    .reduce((total, entry) => total + counts.count(entry, 'inputTokens'), 0)
  const written = counts.count(usage, 'cacheWriteInputTokens')
  return withoutZeros({
    text_in: counts.count(usage, 'inputTokens'),
    cache_read: counts.count(usage, 'cacheReadInputTokens'),
    cache_write_5m: counts.rest('cacheWriteInputTokens', written, cache_write_1h),
    cache_write_1h,
    text_out: counts.count(usage, 'outputTokens'),
  })
}
