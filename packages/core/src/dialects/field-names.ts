import type { DialectId } from '../providers/dialect-id.ts'
import type { Conversation } from './conversation.ts'

type Field = Exclude<keyof Conversation, 'dialect' | 'extensions'>
type Names = Partial<Record<DialectId, string>>

/** What fields of the hub are called in the dialects, as far as their names differ from Chat Completions'. */
const names: Readonly<Record<Field, Names & { readonly 'openai-chat': string }>> = {
  model: { 'openai-chat': 'model' },
  messages: { 'openai-chat': 'messages', 'openai-responses': 'input', 'google-gemini': 'contents' },
  tools: { 'openai-chat': 'tools' },
  toolChoice: { 'openai-chat': 'tool_choice', 'google-gemini': 'toolConfig.functionCallingConfig' },
  parallelToolCalls: {
    'openai-chat': 'parallel_tool_calls',
    'anthropic-messages': 'tool_choice.disable_parallel_tool_use',
  },
  maxOutputTokens: {
    'openai-chat': 'max_completion_tokens',
    'openai-responses': 'max_output_tokens',
    'anthropic-messages': 'max_tokens',
    'google-gemini': 'generationConfig.maxOutputTokens',
  },
  temperature: { 'openai-chat': 'temperature', 'google-gemini': 'generationConfig.temperature' },
  topP: { 'openai-chat': 'top_p', 'google-gemini': 'generationConfig.topP' },
  topK: { 'openai-chat': 'top_k', 'google-gemini': 'generationConfig.topK' },
  seed: { 'openai-chat': 'seed', 'google-gemini': 'generationConfig.seed' },
  frequencyPenalty: {
    'openai-chat': 'frequency_penalty',
    'google-gemini': 'generationConfig.frequencyPenalty',
  },
  presencePenalty: { 'openai-chat': 'presence_penalty', 'google-gemini': 'generationConfig.presencePenalty' },
  logprobs: {
    'openai-chat': 'logprobs',
    'openai-responses': 'top_logprobs',
    'google-gemini': 'generationConfig.logprobs',
  },
  stop: {
    'openai-chat': 'stop',
    'anthropic-messages': 'stop_sequences',
    'google-gemini': 'generationConfig.stopSequences',
  },
  reasoning: {
    'openai-chat': 'reasoning_effort',
    'openai-responses': 'reasoning',
    'anthropic-messages': 'thinking',
    'google-gemini': 'generationConfig.thinkingConfig',
  },
  responseFormat: {
    'openai-chat': 'response_format',
    'openai-responses': 'text.format',
    'anthropic-messages': 'output_config.format',
    'google-gemini': 'generationConfig.responseMimeType',
  },
  verbosity: { 'openai-chat': 'verbosity', 'openai-responses': 'text.verbosity' },
  modalities: { 'openai-chat': 'modalities', 'google-gemini': 'generationConfig.responseModalities' },
  choices: { 'openai-chat': 'n', 'google-gemini': 'generationConfig.candidateCount' },
  stream: { 'openai-chat': 'stream' },
  includeUsage: { 'openai-chat': 'stream_options' },
  user: { 'openai-chat': 'user', 'anthropic-messages': 'metadata.user_id' },
  serviceTier: { 'openai-chat': 'service_tier', 'google-gemini': 'serviceTier' },
  cacheKey: { 'openai-chat': 'prompt_cache_key' },
  metadata: { 'openai-chat': 'metadata', 'google-gemini': 'labels' },
  store: { 'openai-chat': 'store' },
}

/** The member of the client's own body that a field of the hub was read from, for errors and warnings. */
export function fieldName(dialect: DialectId, field: Field): string {
  return names[field][dialect] ?? names[field]['openai-chat']
}

/** What a member of Chat Completions is called in the dialect of the client. */
export function nameOfChatMember(dialect: DialectId, member: string): string {
  const field = (Object.keys(names) as Field[]).find((name) => names[name]['openai-chat'] === member)
  return field === undefined ? member : fieldName(dialect, field)
}
