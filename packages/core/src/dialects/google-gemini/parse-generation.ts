import type { Conversation, Reasoning, ResponseFormat } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import {
  booleanMember,
  countMember,
  invalidMember,
  listMember,
  numberMember,
  type Place,
  pathOf,
  placeMember,
  stringMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { camelPlaceMember } from './camel-place.ts'
import { jsonSchemaOf } from './openapi-schema.ts'
import { prefixed } from './parse-tools.ts'

/** Members with a place in the hub; the others travel in `extensions`. */
const understood = new Set([
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'responseModalities',
  'thinkingConfig',
])
const formatMembers = ['responseMimeType', 'responseSchema', 'responseJsonSchema', '_responseJsonSchema']
const thinkingMembers = new Set(['includeThoughts', 'thinkingBudget', 'thinkingLevel'])

export interface ParsedGeneration {
  readonly members: Partial<Conversation>
  /** Members without a place in the hub, by their paths. */
  readonly extensions: JsonObject
}

/** `generationConfig`: how the answer is to be made. */
export function parseGeneration(body: Place): ParsedGeneration {
  const config = camelPlaceMember(body, 'generationConfig')
  if (config === undefined) return { members: {}, extensions: {} }
  const responseFormat = parseFormat(config)
  const thinking = camelPlaceMember(config, 'thinkingConfig')
  const hasPlace = (name: string) =>
    understood.has(name) || (formatMembers.includes(name) && responseFormat !== 'other')
  const others = Object.entries(config.value).filter(([name]) => !hasPlace(name))
  const unthought = Object.entries(thinking?.value ?? {}).filter(([name]) => !thinkingMembers.has(name))
  return {
    members: withoutAbsent({
      temperature: numberMember(config, 'temperature'),
      topP: numberMember(config, 'topP'),
      topK: numberMember(config, 'topK'),
      choices: countMember(config, 'candidateCount'),
      maxOutputTokens: countMember(config, 'maxOutputTokens'),
      stop: stringsMember(config, 'stopSequences'),
      seed: numberMember(config, 'seed'),
      presencePenalty: numberMember(config, 'presencePenalty'),
      frequencyPenalty: numberMember(config, 'frequencyPenalty'),
      logprobs: parseLogprobsCount(config),
      modalities: parseModalities(config),
      reasoning: thinking === undefined ? undefined : parseThinkingConfig(thinking),
      responseFormat: responseFormat === 'other' ? undefined : responseFormat,
    }),
    extensions: {
      ...prefixed('generationConfig', Object.fromEntries(others)),
      ...prefixed('generationConfig.thinkingConfig', Object.fromEntries(unthought)),
    },
  }
}

function stringsMember(place: Place, name: string): readonly string[] | undefined {
  return listMember(place, name)?.map((item, at) => {
    if (typeof item === 'string') return item
    throw invalidMember(`${pathOf(place, name)}.${at}`, 'a string')
  })
}

function parseLogprobsCount(config: Place): number | undefined {
  if (!booleanMember(config, 'responseLogprobs')) return undefined
  return numberMember(config, 'logprobs') ?? 0
}

function parseModalities(config: Place): Conversation['modalities'] {
  return stringsMember(config, 'responseModalities')?.map((word, at) => {
    const modality = word.toLowerCase()
    if (modality === 'text' || modality === 'audio' || modality === 'image') return modality
    throw invalidMember(`${pathOf(config, 'responseModalities')}.${at}`, '`TEXT`, `IMAGE` or `AUDIO`')
  })
}

/** A budget of 0 is "do not think", and -1 leaves it to the model. */
function parseThinkingConfig(thinking: Place): Reasoning {
  const budget = numberMember(thinking, 'thinkingBudget')
  if (budget === 0) return { disabled: true }
  const level = stringMember(thinking, 'thinkingLevel')?.toLowerCase()
  const shown = booleanMember(thinking, 'includeThoughts')
  return withoutAbsent({
    effort: level === 'thinking_level_unspecified' ? undefined : level,
    adaptive: budget !== undefined && budget < 0 ? (true as const) : undefined,
    budgetTokens: budget !== undefined && budget > 0 ? budget : undefined,
    summary: shown === undefined ? undefined : shown ? 'auto' : 'none',
  })
}

/** `other` for what only Gemini knows: one word out of a list, another media type. */
function parseFormat(config: Place): ResponseFormat | 'other' | undefined {
  const mediaType = stringMember(config, 'responseMimeType')?.toLowerCase()
  const full = placeMember(config, 'responseJsonSchema') ?? placeMember(config, '_responseJsonSchema')
  const own = placeMember(config, 'responseSchema')
  if (mediaType !== undefined && mediaType !== 'application/json')
    return mediaType === 'text/plain' && full === undefined && own === undefined ? undefined : 'other'
  const schema = full?.value ?? (own === undefined ? undefined : jsonSchemaOf(own.value, own.path))
  if (schema !== undefined) return { type: 'json-schema', name: 'response', schema }
  return mediaType === undefined ? undefined : { type: 'json-object' }
}
