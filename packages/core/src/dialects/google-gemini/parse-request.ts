import type { Conversation } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { booleanMember, invalidMember, type Place, placeMember, stringMember } from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { camelMembers } from './camel-place.ts'
import { parseContents } from './parse-contents.ts'
import { parseGeneration } from './parse-generation.ts'
import { parseToolConfig, parseTools } from './parse-tools.ts'

/** Members with a place in the hub; all others travel in `extensions`. */
const understood = new Set([
  'model',
  'stream',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'serviceTier',
  'labels',
  'store',
])

/**
 * A `generateContent` body as a hub conversation. The API names the model, and whether to stream, in the path: who
 * knows them adds `model` and `stream` to the body.
 *
 * @throws GatewayError `invalid_request` with the `param` of the member whose shape is wrong.
 */
export function parseGeminiRequest(body: JsonObject): Conversation {
  const place: Place = { value: camelMembers(body), path: '' }
  const generation = parseGeneration(place)
  const { toolChoice, extensions: toolExtensions } = parseToolConfig(place)
  const others = Object.entries(place.value).filter(
    ([name, value]) => value !== null && !understood.has(name),
  )
  return {
    dialect: 'google-gemini',
    model: stringMember(place, 'model') ?? '',
    messages: parseContents(place),
    tools: parseTools(place),
    stream: booleanMember(place, 'stream') ?? false,
    extensions: new Map([
      ...others,
      ...Object.entries(generation.extensions),
      ...Object.entries(toolExtensions),
    ]),
    ...generation.members,
    ...withoutAbsent({
      toolChoice,
      serviceTier: stringMember(place, 'serviceTier'),
      metadata: parseLabels(place),
      store: booleanMember(place, 'store'),
    }),
  }
}

function parseLabels(place: Place): Readonly<Record<string, string>> | undefined {
  const labels = placeMember(place, 'labels')
  if (labels === undefined) return undefined
  for (const [name, value] of Object.entries(labels.value))
    if (typeof value !== 'string') throw invalidMember(`labels.${name}`, 'a string')
  return labels.value as Readonly<Record<string, string>>
}
