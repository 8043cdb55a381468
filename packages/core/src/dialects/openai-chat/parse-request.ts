import type { Conversation, Reasoning, ResponseFormat } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import {
  booleanMember,
  countMember,
  invalidMember,
  numberMember,
  type Place,
  pathOf,
  placeMember,
  requiredPlace,
  requiredString,
  stringMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { parseChatMessages } from './parse-messages.ts'
import { parseLogprobs, parseMetadata, parseModalities } from './parse-settings.ts'
import { parseStop } from './parse-stop.ts'
import { parseChatToolChoice, parseChatTools } from './parse-tools.ts'

/** Members with a place in the hub; all others travel in `extensions`. */
const understood = new Set([
  'model',
  'messages',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'reasoning_effort',
  'thinking',
  'response_format',
  'n',
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'service_tier',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logprobs',
  'top_logprobs',
  'verbosity',
  'modalities',
  'metadata',
  'store',
  'prompt_cache_key',
])

/**
 * A Chat Completions body as a hub conversation.
 *
 * @throws GatewayError `invalid_request` with the `param` of the member whose shape is wrong.
 */
export function parseChatRequest(body: JsonObject): Conversation {
  const place: Place = { value: body, path: '' }
  const extensions = Object.entries(body).filter(([name, value]) => value !== null && !understood.has(name))
  return {
    dialect: 'openai-chat',
    model: requiredString(place, 'model'),
    messages: parseChatMessages(place),
    tools: parseChatTools(place),
    stream: booleanMember(place, 'stream') ?? false,
    extensions: new Map(extensions),
    ...withoutAbsent({
      toolChoice: parseChatToolChoice(place),
      parallelToolCalls: booleanMember(place, 'parallel_tool_calls'),
      maxOutputTokens: countMember(place, 'max_completion_tokens') ?? countMember(place, 'max_tokens'),
      temperature: numberMember(place, 'temperature'),
      topP: numberMember(place, 'top_p'),
      topK: numberMember(place, 'top_k'),
      seed: numberMember(place, 'seed'),
      frequencyPenalty: numberMember(place, 'frequency_penalty'),
      presencePenalty: numberMember(place, 'presence_penalty'),
      logprobs: parseLogprobs(place),
      stop: parseStop(place),
      reasoning: parseReasoning(place),
      responseFormat: parseResponseFormat(place),
      verbosity: stringMember(place, 'verbosity'),
      modalities: parseModalities(place),
      choices: countMember(place, 'n'),
      includeUsage: parseIncludeUsage(place),
      user: stringMember(place, 'safety_identifier') ?? stringMember(place, 'user'),
      serviceTier: stringMember(place, 'service_tier'),
      cacheKey: stringMember(place, 'prompt_cache_key'),
      metadata: parseMetadata(place),
      store: booleanMember(place, 'store'),
    }),
  }
}

function parseIncludeUsage(place: Place): boolean | undefined {
  const options = placeMember(place, 'stream_options')
  return options === undefined ? undefined : booleanMember(options, 'include_usage')
}

/** `thinking`, which some clients send in Anthropic's words, wins over `reasoning_effort`. */
function parseReasoning(place: Place): Reasoning | undefined {
  const effort = stringMember(place, 'reasoning_effort')
  const thinking = placeMember(place, 'thinking')
  if (thinking === undefined) {
    if (effort === undefined) return undefined
    return effort === 'none' ? { disabled: true } : { effort }
  }
  const type = requiredString(thinking, 'type')
  if (type === 'disabled') return { disabled: true }
  const budgetTokens = type === 'enabled' ? countMember(thinking, 'budget_tokens') : undefined
  return withoutAbsent({ budgetTokens, effort: effort === 'none' ? undefined : effort })
}

function parseResponseFormat(place: Place): ResponseFormat | undefined {
  const format = placeMember(place, 'response_format')
  if (format === undefined) return undefined
  const type = requiredString(format, 'type')
  if (type === 'text') return undefined
  if (type === 'json_object') return { type: 'json-object' }
  if (type !== 'json_schema') {
    throw invalidMember(pathOf(format, 'type'), '`text`, `json_object` or `json_schema`')
  }
  const schema = requiredPlace(format, 'json_schema')
  return {
    type: 'json-schema',
    name: requiredString(schema, 'name'),
    schema: placeMember(schema, 'schema')?.value ?? { type: 'object' },
    ...withoutAbsent({
      description: stringMember(schema, 'description'),
      strict: booleanMember(schema, 'strict'),
    }),
  }
}
