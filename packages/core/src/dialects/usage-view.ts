import type { Buckets, Usage } from '../billing/usage.ts'
import type { DeltaUsage } from './delta.ts'

const uncached = ['text_in', 'audio_in', 'image_in'] as const
const heard = ['audio_in', 'audio_cache_read'] as const
const cached = ['cache_read', 'audio_cache_read', 'image_cache_read'] as const
const written = [
  'cache_write',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_30m',
  'cache_write_12h',
] as const
const writtenForLong = ['cache_write_1h', 'cache_write_12h'] as const
const searches = ['web_search', 'web_search_preview'] as const
const output = ['text_out', 'audio_out', 'image_out'] as const

/** What is charged, as what the client is shown: the two cannot disagree. */
export function viewUsage(usage: Usage | undefined): DeltaUsage | undefined {
  if (usage === undefined) return undefined
  const { buckets, reasoningTokens } = usage
  return {
    inputUncached: sum(buckets, uncached),
    cacheRead: sum(buckets, cached),
    cacheWrite: sum(buckets, written),
    output: sum(buckets, output),
    ...(reasoningTokens === undefined ? {} : { reasoning: reasoningTokens }),
    ...positive('cacheWriteLong', sum(buckets, writtenForLong)),
    ...positive('webSearches', sum(buckets, searches)),
    ...positive('audioInput', sum(buckets, heard)),
    ...positive('audioOutput', buckets.audio_out ?? 0),
  }
}

function sum(buckets: Buckets, names: readonly (keyof Buckets)[]): number {
  return names.reduce((total, name) => total + (buckets[name] ?? 0), 0)
}

function positive(
  name: 'cacheWriteLong' | 'webSearches' | 'audioInput' | 'audioOutput',
  count: number,
): Partial<DeltaUsage> {
  return count > 0 ? { [name]: count } : {}
}
