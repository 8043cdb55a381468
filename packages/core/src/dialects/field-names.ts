import type { DialectId } from '../providers/dialect-id.ts'
import type { Conversation } from './conversation.ts'

/** A member of the hub's conversation, or of its reasoning, that a request may be refused or remarked on for. */
export type HubField = Exclude<keyof Conversation, 'dialect' | 'extensions'> | 'budgetTokens'

/** Where a dialect's own word is not simply the hub's in snake case. */
const names: Partial<Record<DialectId, Partial<Record<HubField, string>>>> = {
  'openai-chat': {
    maxOutputTokens: 'max_tokens',
    choices: 'n',
    reasoning: 'reasoning_effort',
    budgetTokens: 'thinking',
    cacheKey: 'prompt_cache_key',
    includeUsage: 'stream_options.include_usage',
  },
  'openai-responses': {
    messages: 'input',
    reasoning: 'reasoning.effort',
    responseFormat: 'text.format',
    verbosity: 'text.verbosity',
    logprobs: 'top_logprobs',
    cacheKey: 'prompt_cache_key',
  },
  'anthropic-messages': {
    maxOutputTokens: 'max_tokens',
    stop: 'stop_sequences',
    reasoning: 'thinking',
    budgetTokens: 'thinking.budget_tokens',
    responseFormat: 'output_config.format',
    parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
    user: 'metadata.user_id',
  },
}

/**
 * The client's own name of what the hub calls `field`, for errors and warnings.
 *
 * @example
 * fieldName('openai-chat', 'topP') // 'top_p'
 * fieldName('anthropic-messages', 'stop') // 'stop_sequences'
 */
export function fieldName(dialect: DialectId, field: HubField): string {
  return names[dialect]?.[field] ?? field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
