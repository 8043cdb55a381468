import { countInputTokens, countOutputTokens } from '../billing/buckets.ts'
import type { CallMeta } from './call-meta.ts'

/** Counts as people ask for them, out of the buckets. */
export function tokenFacts(meta: Pick<CallMeta, 'usage' | 'usageSource' | 'reasoning'>) {
  const { usage = {}, usageSource = 'provider', reasoning = 0 } = meta
  const { cache_read = 0, audio_cache_read = 0, image_cache_read = 0 } = usage
  const { cache_write = 0, cache_write_5m = 0, cache_write_30m = 0 } = usage
  const { cache_write_1h = 0, cache_write_12h = 0 } = usage
  return {
    usage,
    usageSource,
    usageEstimated: usageSource !== 'provider',
    inputTokens: countInputTokens(usage),
    outputTokens: countOutputTokens(usage),
    cacheReadTokens: cache_read + audio_cache_read + image_cache_read,
    cacheWriteTokens: cache_write + cache_write_5m + cache_write_30m + cache_write_1h + cache_write_12h,
    cacheWrite5mTokens: cache_write_5m,
    cacheWrite1hTokens: cache_write_1h,
    reasoningTokens: reasoning,
  }
}
