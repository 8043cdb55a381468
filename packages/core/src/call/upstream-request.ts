import { type BodyBytes, bodyOf, textOf } from '../bytes/body-bytes.ts'
import type { AnswerFilters } from '../dialects/answer-filters/answer-filters.ts'
import { alwaysThinks, factsOf } from '../dialects/anthropic-messages/model-facts.ts'
import type { Warning } from '../dialects/conversation.ts'
import type { AnswerContext, RenderedRequest } from '../dialects/dialect.ts'
import { isJsonObject, type JsonObject } from '../dialects/json.ts'
import { refuseUnknownSound } from '../dialects/unknown-sound.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { UpstreamRequest } from '../upstream/transport.ts'
import { timeLimits } from './attempts/time-limits.ts'
import type { Call, ResolvedCall } from './call.ts'
import { limitMembers } from './envelope.ts'
import { mayCarryForeignSeals } from './foreign-seals.ts'
import { spellingOf } from './google-spelling.ts'
import { findMember, readMember } from './json-members.ts'
import { pathSegment } from './path-segment.ts'
import { removalWarning, removedMembers, removedParameters } from './removed-parameters.ts'
import type { CallSettings } from './services.ts'
import { spliceMembers } from './splice-members.ts'
import { upstreamHeaders } from './upstream-headers.ts'

export interface PreparedRequest {
  readonly request: UpstreamRequest
  readonly warnings: readonly Warning[]
  /** Members that were left out because provider or model does not take them; they are among the warnings too. */
  readonly removed: readonly string[]
  /** The gateway asked for usage that the client did not ask for. */
  readonly usageAdded: boolean
  /** What has to be undone in a translated answer. */
  readonly answer: AnswerFilters | undefined
  /** The output limit of a translated request, which may be above the client's own: thinking is inside it. */
  readonly maxOutputTokens: number | undefined
  /** It makes the model think, in tokens that are billed but not all shown. */
  readonly thinks: boolean
  /** Output tokens set aside for thinking, above which the limit on output must be. */
  readonly thinkingBudget: number
}

/**
 * The request as it goes upstream: the client's bytes with at most a splice, or a translation.
 *
 * @param limit Output tokens that each choice may have, below what was asked for.
 * @throws GatewayError when the request cannot be carried into the upstream's dialect.
 */
export function prepareRequest(call: ResolvedCall, settings: CallSettings, limit?: number): PreparedRequest {
  const { target, dialect } = call
  const content =
    target.dialect === dialect && !mayCarryForeignSeals(call)
      ? splice(call, limit)
      : translate(call, settings, limit)
  const { warnings, removed, usageAdded, answer, maxOutputTokens, thinks, thinkingBudget } = content
  const request = addressed(call, settings, content)
  return { request, warnings, removed, usageAdded, answer, maxOutputTokens, thinks, thinkingBudget }
}

function addressed(call: ResolvedCall, settings: CallSettings, { body, headers }: Content): UpstreamRequest {
  const { target, exchange, principal } = call
  const { provider } = target
  const limits = timeLimits(settings, call)
  return {
    method: 'POST',
    origin: provider.origin,
    path: withQuery(provider.basePath + pathOf(call), query(call)),
    headers: upstreamHeaders(exchange.headers, { target, account: principal.account }, headers),
    body,
    connectTimeout: limits.connect,
    headersTimeout: limits.headers,
    bodyTimeout: limits.idle,
  }
}

/** Some dialects' paths have a query already. */
function withQuery(path: string, search: string): string {
  return search !== '' && path.includes('?') ? `${path}&${search.slice(1)}` : path + search
}

/** Its dialect's, unless the provider has it elsewhere. */
function pathOf({ target, envelope }: ResolvedCall): string {
  const { dialect, provider, resolution } = target
  const { upstreamId } = resolution
  const endpoint = provider.definition.endpoints?.[dialect.id]
  const isNamed = dialect.namesInPath || endpoint
  const request = { model: isNamed ? pathSegment(upstreamId) : upstreamId, stream: envelope.stream }
  return endpoint ? endpoint.path(request) : dialect.upstreamPath(request)
}

/** What the provider's endpoint wants otherwise than its dialect has it. */
function membersFor({ provider, dialect, resolution }: ResolvedCall['target']) {
  return provider.definition.endpoints?.[dialect.id]?.members?.(resolution.upstreamId)
}

interface Content extends Omit<PreparedRequest, 'request'> {
  readonly body: BodyBytes
  readonly headers: Readonly<Record<string, string>>
}

/** The provider's own query wins; the client's (`?beta=true`) goes through on its own dialect. */
function query(call: ResolvedCall): string {
  const { provider, dialect } = call.target
  if (provider.search !== '') return provider.search
  if (dialect.namesInPath) return ''
  return dialect === call.dialect ? withoutKey(call.exchange.search) : ''
}

/** An access key may have come in the query, and is not the provider's to see. */
function withoutKey(search: string): string {
  if (!search.includes('key=')) return search
  const query = new URLSearchParams(search)
  query.delete('key')
  return query.size === 0 ? '' : `?${query}`
}

function splice(call: ResolvedCall, limit: number | undefined): Content {
  const { envelope, target, dialect } = call
  const edits = new Map<string, string | undefined>()
  const removed = removedParameters(target, envelope.members)
  for (const name of removed) edits.set(name, undefined)
  if (!dialect.namesInPath && envelope.model !== target.resolution.upstreamId)
    edits.set('model', JSON.stringify(target.resolution.upstreamId))
  const usageAdded = wantsUsage(call)
  if (usageAdded) edits.set('stream_options', usageOptions(call))
  if (findMember(envelope.members, 'models')) edits.set('models', undefined)
  if (limit !== undefined) for (const [name, text] of limitEdits(call, limit)) edits.set(name, text)
  const members = membersFor(target)
  if (members) for (const name in members) edits.set(name, JSON.stringify(members[name]))
  const body = edits.size === 0 ? envelope.members.body : spliceMembers(envelope.members, edits)
  const thinking = dialect.id === 'anthropic-messages' ? readMember(envelope.members, 'thinking') : undefined
  const { thinks, thinkingBudget } = readThinking(thinking)
  const thinksAnyway = () =>
    dialect.id === 'anthropic-messages' && alwaysThinks(factsOf(target.resolution.upstreamId))
  return {
    body,
    headers: {},
    warnings: removed.map(removalWarning),
    removed,
    usageAdded,
    answer: undefined,
    maxOutputTokens: undefined,
    thinks: thinks || thinksAnyway(),
    thinkingBudget,
  }
}

/** JSON text by member name. */
function limitEdits(call: ResolvedCall, limit: number): readonly (readonly [string, string])[] {
  if (call.dialect.id !== 'google-gemini') return limitNames(call).map((name) => [name, String(limit)])
  const { members } = call.envelope
  const isSent = (name: string) => findMember(members, name) !== undefined
  const name = spellingOf('generationConfig', isSent) ?? 'generationConfig'
  const { max_output_tokens: _, ...given } = Object(readMember(members, name))
  return [[name, JSON.stringify({ ...given, maxOutputTokens: limit })]]
}

/** Those that the client wrote, and the one that the provider knows: a limit it does not know would be none. */
function limitNames({ envelope, dialect, target }: ResolvedCall): readonly string[] {
  const names = limitMembers[dialect.id]
  const written = names.filter((name) => findMember(envelope.members, name))
  if (dialect.id !== 'openai-chat') return written.length > 0 ? written : names.slice(0, 1)
  const { chatLimitMember } = target.provider.definition
  // The provider of the newer member refuses both together.
  const knowsBoth = chatLimitMember === 'max_completion_tokens' && written.length > 0
  return knowsBoth ? written : [...new Set([...written, chatLimitMember])]
}

function readThinking(thinking: unknown): Pick<Content, 'thinks' | 'thinkingBudget'> {
  if (!isJsonObject(thinking) || thinking.type === 'disabled') return { thinks: false, thinkingBudget: 0 }
  const { budget_tokens: budget } = thinking
  return { thinks: true, thinkingBudget: typeof budget === 'number' ? budget : 0 }
}

function wantsUsage({ envelope, dialect, target }: ResolvedCall): boolean {
  return (
    (dialect.id === 'openai-chat' || dialect.id === 'openai-completions') &&
    envelope.stream &&
    !envelope.includeUsage &&
    target.provider.definition.streamOptions
  )
}

/** The client's other stream options stay. */
function usageOptions({ envelope }: ResolvedCall): string {
  const given = readMember(envelope.members, 'stream_options')
  return JSON.stringify({ ...(given as object), include_usage: true })
}

function translate(call: ResolvedCall, settings: CallSettings, affordable?: number): Content {
  const { target, dialect } = call
  const conversation = dialect.parseRequest?.(wholeBody(call))
  if (conversation && target.dialect !== dialect) refuseUnknownSound(conversation)
  const rendered =
    conversation &&
    target.dialect.renderRequest?.(conversation, {
      model: target.resolution.upstreamId,
      maxOutputTokens: target.resolution.entry?.maxOutputTokens,
      affordable,
      defaultMaxOutputTokens: settings.defaultMaxOutputTokens,
      strict: settings.strict,
      traits: target.provider.definition,
    })
  const {
    body,
    headers = {},
    warnings,
    answer,
    maxOutputTokens,
    thinks = false,
  } = rendered as RenderedRequest
  const removed = removedMembers(target, body)
  const taken = removed.length === 0 ? body : withoutMembers(body, removed)
  return {
    body: bodyOf([Buffer.from(JSON.stringify({ ...taken, ...membersFor(target) }))]),
    headers,
    warnings: removed.length === 0 ? warnings : [...warnings, ...removed.map(removalWarning)],
    removed,
    usageAdded: false,
    answer,
    maxOutputTokens,
    thinks,
    // The renderer keeps the budget below whatever the limit is.
    thinkingBudget: 0,
  }
}

function withoutMembers(body: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)))
}

/** The request as its dialect's parser wants it: with what the path says of it. */
function wholeBody(call: ResolvedCall): JsonObject {
  const { model, stream } = call.envelope
  const { models: _, ...body } = parseBody(call)
  return call.dialect.namesInPath ? { ...body, model, stream } : { ...body, model }
}

function parseBody(call: ResolvedCall): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(textOf(call.envelope.members.body))
    if (isJsonObject(body)) return body
  } catch (cause) {
    throw new GatewayError({ code: 'invalid_request', message: 'The request body is not valid JSON.', cause })
  }
  throw new GatewayError({ code: 'invalid_request', message: 'The request body is not a JSON object.' })
}

/** What renderers of translated answers need to know of the call. */
export function answerContext(call: ResolvedCall & Pick<Call, 'id' | 'startedAt'>): AnswerContext {
  return {
    requestId: call.id,
    model: call.target.resolution.upstreamId,
    created: Math.floor(call.startedAt / 1000),
    includeUsage: call.envelope.includeUsage || !call.envelope.stream,
    request: () => parseBody(call),
  }
}
