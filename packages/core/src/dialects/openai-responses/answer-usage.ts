import type { DeltaUsage } from '../delta.ts'
import type { JsonObject } from '../json.ts'

/** The dialect's usage object: its input includes what came from the cache and what went there. */
export function renderResponsesUsage(usage: DeltaUsage): JsonObject {
  const input = usage.inputUncached + usage.cacheRead + usage.cacheWrite
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
    total_tokens: input + usage.output,
  }
}
