import type { DeltaUsage, FinishDelta, FinishReason } from '../delta.ts'
import type { JsonObject } from '../json.ts'

const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
}

export function renderFinishReason(reason: FinishReason): string {
  return finishReasons[reason]
}

/** The dialect's usage object: its prompt includes what came from the cache and what went there. */
export function renderChatUsage(usage: DeltaUsage): JsonObject {
  const prompt = usage.inputUncached + usage.cacheRead + usage.cacheWrite
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWrite,
      ...(usage.audioInput === undefined ? {} : { audio_tokens: usage.audioInput }),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning ?? 0,
      ...(usage.audioOutput === undefined ? {} : { audio_tokens: usage.audioOutput }),
    },
  }
}

/** The tier that served, in OpenAI's words, as a member to spread into an answer. */
export function renderServiceTier({ serviceTier }: FinishDelta): { readonly service_tier?: string } {
  if (serviceTier === undefined) return {}
  return { service_tier: serviceTier === 'standard' ? 'default' : serviceTier }
}
