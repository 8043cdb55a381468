import type { Conversation, Message } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import {
  booleanMember,
  countMember,
  invalidMember,
  memberOf,
  numberMember,
  type Place,
  placeMember,
  requiredString,
  stringMember,
  unsupportedMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { parseExtensions } from './parse-extensions.ts'
import { parseInput } from './parse-input.ts'
import { parseLogprobs, parseReasoningOptions, parseResponseFormat, parseVerbosity } from './parse-options.ts'
import { parseToolChoice } from './parse-tool-choice.ts'
import { parseTools } from './parse-tools.ts'

/** What only the provider that stored it can read. */
const stored = ['previous_response_id', 'conversation', 'prompt'] as const

/**
 * A Responses body as a hub conversation.
 *
 * @throws GatewayError `invalid_request` with the `param` of the member whose shape is wrong, and
 * `unsupported_parameter` for whatever refers to state that a provider keeps.
 */
export function parseResponsesRequest(body: JsonObject): Conversation {
  const place: Place = { value: body, path: '' }
  refuseState(place)
  const tools = parseTools(place)
  return {
    dialect: 'openai-responses',
    model: requiredString(place, 'model'),
    messages: [...parseInstructions(place), ...parseInput(place)],
    tools,
    stream: booleanMember(place, 'stream') ?? false,
    extensions: parseExtensions(place),
    ...withoutAbsent({
      toolChoice: parseToolChoice(place, tools),
      parallelToolCalls: booleanMember(place, 'parallel_tool_calls'),
      maxOutputTokens: countMember(place, 'max_output_tokens'),
      temperature: numberMember(place, 'temperature'),
      topP: numberMember(place, 'top_p'),
      logprobs: parseLogprobs(place),
      reasoning: parseReasoningOptions(place),
      responseFormat: parseResponseFormat(place),
      verbosity: parseVerbosity(place),
      includeUsage: parseIncludeUsage(place),
      user: stringMember(place, 'safety_identifier') ?? stringMember(place, 'user'),
      serviceTier: stringMember(place, 'service_tier'),
      cacheKey: stringMember(place, 'prompt_cache_key'),
      metadata: parseMetadata(place),
      store: booleanMember(place, 'store'),
    }),
  }
}

function refuseState(body: Place): void {
  for (const name of stored) {
    if (memberOf(body, name) === undefined) continue
    throw unsupportedMember(
      name,
      `\`${name}\` is not available on this model: no answer is stored for it. Send the whole input, with \`store: false\`.`,
    )
  }
  if (booleanMember(body, 'background')) {
    throw unsupportedMember('background', 'Background answers are not available on this model.')
  }
}

function parseInstructions(body: Place): readonly Message[] {
  const text = stringMember(body, 'instructions')
  const path = 'instructions'
  return text === undefined ? [] : [{ role: 'system', path, parts: [{ type: 'text', text, path }] }]
}

/** A member of Chat that some clients send here; answers of this dialect always tell their usage. */
function parseIncludeUsage(body: Place): boolean | undefined {
  const options = placeMember(body, 'stream_options')
  return options === undefined ? undefined : booleanMember(options, 'include_usage')
}

function parseMetadata(body: Place): Readonly<Record<string, string>> | undefined {
  const metadata = placeMember(body, 'metadata')?.value
  if (metadata === undefined || isLabels(metadata)) return metadata
  throw invalidMember('metadata', 'an object whose values are strings')
}

function isLabels(value: JsonObject): value is Readonly<Record<string, string>> {
  return Object.values(value).every((label) => typeof label === 'string')
}
