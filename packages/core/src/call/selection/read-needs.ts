import { estimateTokens } from '../../billing/estimate.ts'
import { countWord } from '../../bytes/search-bytes.ts'
import { isJsonObject } from '../../dialects/json.ts'
import type { Modality, ModelFeature } from '../../models/model.ts'
import type { Needs } from '../../models/selection/needs.ts'
import type { DialectId } from '../../providers/dialect-id.ts'
import type { Envelope } from '../envelope.ts'
import { snakeCase } from '../google-spelling.ts'
import { findMember, type JsonMembers, readMember } from '../json-members.ts'
import { searchedBody } from '../searched-body.ts'
import { measureContent } from './measure-content.ts'
import { findMedia, mediaWords } from './media-parts.ts'

/**
 * Bytes of text that stand for one token at the least: no text that people or programs write is denser than this by
 * half. Runs of spaces are, and they are refused by the provider if they are too long.
 */
const bytesPerToken = 16
/** Of a picture or a page, where only its size in bytes is known. */
const tokensPerFile = 1500

/**
 * What a request asks of its model. Words are searched for first, and what they may mean is read only where they are
 * found: ask only where there is more than one model to choose from.
 *
 * @param dialect What the body is written in.
 */
export function readNeeds({ members, maxOutputTokens }: Envelope, dialect: DialectId): Needs {
  const body = searchedBody(members.body)
  const mayHoldFiles = mediaWords.some((word) => countWord(body, word, 1) > 0)
  const { textBytes, files } = mayHoldFiles
    ? measureContent(members.body)
    : { textBytes: body.length, files: 0 }
  return {
    input: mayHoldFiles ? readMedia(members) : nothing,
    features: readFeatures(members, dialect),
    inputTokens: {
      // How many tokens are in a file, its provider alone knows.
      least: mayHoldFiles ? 0 : Math.floor(textBytes / bytesPerToken),
      likely: estimateTokens(textBytes) + files * tokensPerFile,
    },
    outputTokens: maxOutputTokens,
    contextWindow: undefined,
  }
}

const conversations = ['messages', 'input', 'contents'] as const
const nothing: ReadonlySet<Modality> = new Set()

function readMedia(members: JsonMembers): ReadonlySet<Modality> {
  const name = conversations.find((candidate) => findMember(members, candidate) !== undefined)
  return name === undefined ? nothing : findMedia(readMember(members, name))
}

function readFeatures(members: JsonMembers, dialect: DialectId): ReadonlySet<ModelFeature> {
  const features = new Set<ModelFeature>()
  if (hasTools(members)) features.add('tools')
  if (schemaReaders[dialect]?.(members)) features.add('schema')
  if (reasoningReaders[dialect]?.(members)) features.add('reasoning')
  return features
}

function hasTools(members: JsonMembers): boolean {
  const span = findMember(members, 'tools')
  // Longer than an empty list, or null.
  if (!span || span.end - span.start < '[{}]'.length) return false
  const tools = span.end - span.start > 64 ? undefined : readMember(members, 'tools')
  return tools === undefined || (Array.isArray(tools) && tools.length > 0) || isJsonObject(tools)
}

type Reader = (members: JsonMembers) => boolean

/** A member of an object; undefined where either is not there. */
function inside(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((current, name) => (isJsonObject(current) ? current[name] : undefined), value)
}

const isSchema = (value: unknown) => value === 'json_schema'

/** In Gemini's bodies every member has two spellings. */
function configured(members: JsonMembers, name: string): unknown {
  const config = readMember(members, 'generationConfig') ?? readMember(members, 'generation_config')
  return inside(config, name) ?? inside(config, snakeCase(name))
}

const schemaReaders: Readonly<Partial<Record<DialectId, Reader>>> = {
  'openai-chat': (members) => isSchema(inside(readMember(members, 'response_format'), 'type')),
  'openai-responses': (members) => isSchema(inside(readMember(members, 'text'), 'format', 'type')),
  'anthropic-messages': (members) =>
    isSchema(inside(readMember(members, 'output_format'), 'type')) ||
    isSchema(inside(readMember(members, 'output_config'), 'format', 'type')),
  'google-gemini': (members) =>
    ['responseSchema', 'responseJsonSchema'].some((name) => (configured(members, name) ?? null) !== null),
}

const asks = (effort: unknown) => typeof effort === 'string' && effort !== 'none'

const reasoningReaders: Readonly<Partial<Record<DialectId, Reader>>> = {
  'openai-chat': (members) => asks(readMember(members, 'reasoning_effort')),
  'openai-responses': (members) => asks(inside(readMember(members, 'reasoning'), 'effort')),
  'anthropic-messages': (members) => {
    const type = inside(readMember(members, 'thinking'), 'type')
    return asks(type) && type !== 'disabled'
  },
  'google-gemini': (members) => {
    const config = configured(members, 'thinkingConfig')
    const budget = inside(config, 'thinkingBudget') ?? inside(config, 'thinking_budget')
    return typeof budget === 'number' && budget !== 0
  },
}
