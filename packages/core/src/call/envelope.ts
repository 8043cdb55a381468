import { isJsonObject } from '../dialects/json.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import { spellingOf } from './google-spelling.ts'
import { findMember, type JsonMembers, readMember } from './json-members.ts'
import { readNames } from './selection/read-names.ts'

/** What the gateway must know of a request; everything else in the body is between client and provider. */
export interface Envelope {
  readonly members: JsonMembers
  readonly model: string
  /** The models to try behind it (`models`). */
  readonly fallbacks: readonly string[]
  readonly stream: boolean
  /** `stream_options.include_usage` was asked for. */
  readonly includeUsage: boolean
  /** The client's own limit on output tokens. */
  readonly maxOutputTokens: number | undefined
  /** Answers asked for at once (`n`). */
  readonly choices: number
  readonly serviceTier: string | undefined
  /** Anthropic's `speed`, which has its own prices. */
  readonly speed: string | undefined
  /** Of Responses alone. */
  readonly state: RequestState | undefined
}

/** What a request says of answers that its provider keeps. */
export interface RequestState {
  /** The response that it goes on from. */
  readonly previous: string | undefined
  /** The answer is made whether anybody waits for it or not. */
  readonly background: boolean
  /** The answer may be asked for again. */
  readonly isKept: boolean
  /** The member, if any, that names what lives at the provider's account and was not made here. */
  readonly ownedAt: 'conversation' | 'prompt' | 'cachedContent' | undefined
}

/** What a path says of a call, in dialects whose bodies do not. */
export interface NamedInPath {
  readonly model: string
  readonly stream: boolean
}

/** Where each dialect puts its limit on output; the first that is present counts. */
export const limitMembers: Readonly<Record<DialectId, readonly string[]>> = {
  'openai-chat': ['max_completion_tokens', 'max_tokens'],
  'openai-responses': ['max_output_tokens'],
  'anthropic-messages': ['max_tokens'],
  // Nested in `generationConfig`, where a look at the top-level members does not find it.
  'google-gemini': [],
  'openai-embeddings': [],
  'openai-completions': ['max_tokens'],
  // Nobody asks in it.
  'bedrock-converse': [],
  'openai-images': [],
  'openai-speech': [],
  'openai-transcriptions': [],
  'openai-moderations': [],
  'openai-realtime': [],
  'openai-resources': [],
}

/**
 * Reads the envelope of a body.
 *
 * @param dialect What the body is written in.
 *
 * @throws GatewayError `invalid_request` that names the member at fault.
 */
export function readEnvelope(members: JsonMembers, dialect: DialectId, named?: NamedInPath): Envelope {
  if (named) return readNamed(members, named)
  const { model, fallbacks } = readModels(members)
  return {
    members,
    model,
    fallbacks,
    stream: readBoolean(members, 'stream'),
    includeUsage: readIncludeUsage(members),
    maxOutputTokens: readLimit(members, dialect),
    choices: choiceReaders[dialect]?.(members) ?? 1,
    serviceTier: readText(members, 'service_tier'),
    speed: dialect === 'anthropic-messages' ? readText(members, 'speed') : undefined,
    state: dialect === 'openai-responses' ? readStateOf(members) : undefined,
  }
}

function readStateOf(members: JsonMembers): RequestState {
  return {
    previous: readText(members, 'previous_response_id'),
    background: readBoolean(members, 'background'),
    isKept: readMember(members, 'store') !== false,
    ownedAt: (['conversation', 'prompt'] as const).find(
      (name) => (readMember(members, name) ?? null) !== null,
    ),
  }
}

/** A prompt that was given to Google beforehand. */
const cached: RequestState = {
  previous: undefined,
  background: false,
  isKept: false,
  ownedAt: 'cachedContent',
}

/**
 * Gemini's bodies: what is named in the path is not named in them, limits are one level down, and every member has
 * two spellings.
 */
function readNamed(members: JsonMembers, { model, stream }: NamedInPath): Envelope {
  const isSent = (name: string) => findMember(members, name) !== undefined
  const sent = (name: string) => spellingOf(name, isSent) ?? name
  const config = readMember(members, sent('generationConfig')) ?? {}
  if (!isJsonObject(config)) throw wrongType('generationConfig', 'an object')
  const configured = (name: string) => config[spellingOf(name, inConfig, 'generationConfig.') ?? name]
  const inConfig = (name: string) => Object.hasOwn(config, name)
  return {
    members,
    ...readModels(members, model),
    stream,
    includeUsage: true,
    maxOutputTokens: asLimit(configured('maxOutputTokens'), 'generationConfig.maxOutputTokens'),
    choices: asChoices(configured('candidateCount'), 'generationConfig.candidateCount'),
    serviceTier: readText(members, sent('serviceTier')),
    speed: undefined,
    state: readText(members, sent('cachedContent')) === undefined ? undefined : cached,
  }
}

/** Without `model`, the first of `models` stands for it. */
function readModels(members: JsonMembers, named?: string): Pick<Envelope, 'model' | 'fallbacks'> {
  const [model = missingModel(), ...fallbacks] = readNames(members, named ?? readText(members, 'model'))
  return { model, fallbacks }
}

function missingModel(): never {
  throw new GatewayError({
    code: 'invalid_request',
    message: 'The member "model" is required.',
    param: 'model',
  })
}

function wrongType(name: string, expected: string): GatewayError {
  return new GatewayError({
    code: 'invalid_request',
    message: `The member "${name}" must be ${expected}.`,
    param: name,
  })
}

function readText(members: JsonMembers, name: string): string | undefined {
  const value = readMember(members, name)
  if (value === undefined || (value === null && name !== 'model')) return undefined
  if (typeof value !== 'string' || value === '') throw wrongType(name, 'a string that is not empty')
  return value
}

function readBoolean(members: JsonMembers, name: string): boolean {
  const value = readMember(members, name) ?? false
  if (typeof value !== 'boolean') throw wrongType(name, 'true or false')
  return value
}

function asCount(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrongType(name, 'a whole number')
  return value as number
}

const mostChoices = 128

function readChoices(members: JsonMembers, name = 'n'): number {
  return asChoices(readMember(members, name), name)
}

function asChoices(value: unknown, name: string): number {
  const choices = asCount(value, name) ?? 1
  if (choices >= 1 && choices <= mostChoices) return choices
  throw wrongType(name, `a whole number from 1 to ${mostChoices}`)
}

/** Several prompts are answered each, and of the best of several all are billed. */
function readCompletions(members: JsonMembers): number {
  const prompt = readMember(members, 'prompt')
  const isMany = Array.isArray(prompt) && typeof prompt[0] !== 'number'
  const each = Math.max(readChoices(members), readChoices(members, 'best_of'))
  return each * (isMany ? Math.max(prompt.length, 1) : 1)
}

/** In no other dialect does `n` ask for anything. */
const choiceReaders: Readonly<Partial<Record<DialectId, (members: JsonMembers) => number>>> = {
  'openai-chat': readChoices,
  'openai-completions': readCompletions,
}

function readLimit(members: JsonMembers, dialect: DialectId): number | undefined {
  for (const name of limitMembers[dialect]) {
    const limit = asLimit(readMember(members, name), name)
    if (limit !== undefined) return limit
  }
  return undefined
}

function asLimit(value: unknown, name: string): number | undefined {
  const limit = asCount(value, name)
  if (limit === 0) throw wrongType(name, 'at least 1')
  return limit
}

function readIncludeUsage(members: JsonMembers): boolean {
  const options = readMember(members, 'stream_options') ?? {}
  if (typeof options !== 'object' || Array.isArray(options)) throw wrongType('stream_options', 'an object')
  return (options as { include_usage?: unknown }).include_usage === true
}
