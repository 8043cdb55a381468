import type { Conversation } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import {
  booleanMember,
  countMember,
  invalidMember,
  listMember,
  numberMember,
  type Place,
  placeMember,
  requiredString,
  stringMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { parseMessages } from './parse-messages.ts'
import { parseReasoning, parseResponseFormat } from './parse-reasoning.ts'
import { parseToolChoice, parseTools } from './parse-tools.ts'

/** Members with a place in the hub; all others travel in `extensions`. */
const understood = new Set([
  'model',
  'system',
  'messages',
  'tools',
  'tool_choice',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'service_tier',
  'stream',
])

/**
 * A Messages body as a hub conversation.
 *
 * @throws GatewayError `invalid_request` with the `param` of the member whose shape is wrong.
 */
export function parseMessagesRequest(body: JsonObject): Conversation {
  const place: Place = { value: body, path: '' }
  return {
    dialect: 'anthropic-messages',
    model: requiredString(place, 'model'),
    messages: parseMessages(place),
    tools: parseTools(place),
    stream: booleanMember(place, 'stream') ?? false,
    extensions: parseExtensions(place),
    ...parseToolChoice(place),
    ...parseMetadata(place),
    ...withoutAbsent({
      maxOutputTokens: countMember(place, 'max_tokens'),
      temperature: numberMember(place, 'temperature'),
      topP: numberMember(place, 'top_p'),
      topK: numberMember(place, 'top_k'),
      stop: parseStop(place),
      reasoning: parseReasoning(place),
      responseFormat: parseResponseFormat(place),
      serviceTier: parseServiceTier(place),
    }),
  }
}

function parseExtensions(body: Place): ReadonlyMap<string, unknown> {
  const rest = Object.entries(body.value).filter(([name, value]) => value !== null && !understood.has(name))
  const { effort, format, ...config } = placeMember(body, 'output_config')?.value ?? {}
  const extensions = new Map(rest)
  if (Object.keys(config).length > 0) extensions.set('output_config', config)
  return extensions
}

function parseStop(body: Place): readonly string[] | undefined {
  return listMember(body, 'stop_sequences')?.map((item, index) => {
    if (typeof item !== 'string') throw invalidMember(`stop_sequences.${index}`, 'a string')
    return item
  })
}

/** The hub speaks of tiers in the words of OpenAI. */
function parseServiceTier(body: Place): string | undefined {
  const tier = stringMember(body, 'service_tier')
  return tier === 'standard_only' ? 'default' : tier
}

/** By the book there is nothing but the user in it; what else is there can only be labels. */
function parseMetadata(body: Place): Pick<Conversation, 'user' | 'metadata'> {
  const metadata = placeMember(body, 'metadata')
  if (metadata === undefined) return {}
  const user = stringMember(metadata, 'user_id')
  const names = Object.keys(metadata.value).filter((name) => name !== 'user_id')
  const labels = names.flatMap((name) => {
    const label = stringMember(metadata, name)
    return label === undefined ? [] : [[name, label] as const]
  })
  return withoutAbsent({ user, metadata: labels.length > 0 ? Object.fromEntries(labels) : undefined })
}
