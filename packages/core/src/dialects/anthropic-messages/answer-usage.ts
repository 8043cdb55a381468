import type { DeltaUsage } from '../delta.ts'
import type { JsonObject } from '../json.ts'

const none: DeltaUsage = { inputUncached: 0, cacheRead: 0, cacheWrite: 0, output: 0 }

/** The counts that a `message_delta` repeats. The input leaves out what came from the cache and what went there. */
export function renderDeltaUsage(usage: DeltaUsage = none): JsonObject {
  const { inputUncached, cacheRead, cacheWrite, output, reasoning, webSearches = 0 } = usage
  return {
    input_tokens: inputUncached,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    output_tokens: output,
    ...(reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
    ...(webSearches === 0
      ? {}
      : { server_tool_use: { web_search_requests: webSearches, web_fetch_requests: 0 } }),
  }
}

/** Tiers of this API by the providers' words for them. */
const tiers: ReadonlyMap<string | undefined, string> = new Map([
  ['standard', 'standard'],
  ['default', 'standard'],
  ['priority', 'priority'],
  ['batch', 'batch'],
])

/** The whole usage object of a message. */
export function renderMessageUsage(usage: DeltaUsage = none, serviceTier?: string): JsonObject {
  const { cacheWrite, cacheWriteLong = 0 } = usage
  return {
    ...renderDeltaUsage(usage),
    cache_creation: {
      ephemeral_5m_input_tokens: cacheWrite - cacheWriteLong,
      ephemeral_1h_input_tokens: cacheWriteLong,
    },
    service_tier: tiers.get(serviceTier) ?? null,
  }
}
