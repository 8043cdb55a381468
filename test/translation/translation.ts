import { createAnswerFilter } from '../../packages/core/src/dialects/answer-filters/answer-filters.ts'
import type { Conversation } from '../../packages/core/src/dialects/conversation.ts'
import type { Delta } from '../../packages/core/src/dialects/delta.ts'
import type {
  AnswerContext,
  Dialect,
  RenderedRequest,
  RenderTarget,
} from '../../packages/core/src/dialects/dialect.ts'
import { dialects } from '../../packages/core/src/dialects/dialects.ts'
import type { JsonObject } from '../../packages/core/src/dialects/json.ts'
import { createEventSplitter } from '../../packages/core/src/dialects/sse.ts'
import type { DialectId } from '../../packages/core/src/providers/dialect-id.ts'
import type { ProviderTraits } from '../../packages/core/src/providers/provider-traits.ts'

/** A provider that keeps to the book. */
export const plainTraits: ProviderTraits = { chatLimitMember: 'max_tokens', streamOptions: true }

export const answerContext: AnswerContext = {
  requestId: 'req_1',
  model: 'model-1',
  created: 1_700_000_000,
  includeUsage: true,
  request: () => ({}),
}

const target: RenderTarget = {
  model: 'model-1',
  maxOutputTokens: undefined,
  defaultMaxOutputTokens: 4096,
  strict: false,
  traits: plainTraits,
}

function offered<Part>(part: Part | undefined, name: string, { id }: Dialect): Part {
  if (part === undefined) throw new Error(`${id} offers no ${name}.`)
  return part
}

/** A client's body in the hub. */
export function parseRequest(from: DialectId, body: JsonObject): Conversation {
  const dialect = dialects[from]
  return offered(dialect.parseRequest, 'parseRequest', dialect)(body)
}

/** A hub conversation as the body that goes upstream. */
export function renderRequest(
  to: DialectId,
  conversation: Conversation,
  more: Partial<RenderTarget> = {},
): RenderedRequest {
  const dialect = dialects[to]
  return offered(dialect.renderRequest, 'renderRequest', dialect)(conversation, { ...target, ...more })
}

/** A client's body as the body that goes upstream in another dialect. */
export function translateRequest(
  [from, to]: readonly [DialectId, DialectId],
  body: JsonObject,
  more: Partial<RenderTarget> = {},
): RenderedRequest {
  return renderRequest(to, parseRequest(from, body), more)
}

/** Bytes of an upstream's stream, in the pieces in which they arrive, as hub deltas. */
export function parseStream(upstream: DialectId, pieces: readonly Uint8Array[]): readonly Delta[] {
  const dialect = dialects[upstream]
  const parser = offered(dialect.createStreamParser, 'createStreamParser', dialect)()
  const splitter = createEventSplitter()
  const events = [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()]
  return [...events.flatMap((event) => parser.push(event)), ...(parser.end?.() ?? [])]
}

/** Hub deltas as the wire text of a client's stream. */
export function renderStream(
  client: DialectId,
  deltas: readonly Delta[],
  context: Partial<AnswerContext> = {},
): string {
  const dialect = dialects[client]
  const create = offered(dialect.createStreamRenderer, 'createStreamRenderer', dialect)
  const renderer = create({ ...answerContext, ...context })
  return deltas.map((delta) => renderer.push(delta)).join('')
}

export interface StreamTranslation extends Partial<AnswerContext> {
  readonly answer?: RenderedRequest['answer'] | undefined
}

/** Bytes of an upstream's stream as the wire text of a client of another dialect. */
export function translateStream(
  [upstream, client]: readonly [DialectId, DialectId],
  pieces: readonly Uint8Array[],
  { answer, ...context }: StreamTranslation = {},
): string {
  const deltas = parseStream(upstream, pieces).flatMap(createAnswerFilter(answer))
  return renderStream(client, deltas, context)
}

/** A whole JSON answer of an upstream as that of a client's dialect. */
export function translateAnswer(
  [upstream, client]: readonly [DialectId, DialectId],
  body: JsonObject,
  { answer, ...context }: StreamTranslation = {},
): JsonObject {
  const from = dialects[upstream]
  const to = dialects[client]
  const deltas = offered(from.parseAnswer, 'parseAnswer', from)(body)
  if (deltas === undefined) throw new Error('This is no answer.')
  const shown = deltas.flatMap(createAnswerFilter(answer))
  return offered(to.renderAnswer, 'renderAnswer', to)(shown, { ...answerContext, ...context })
}

/** The warnings, one line each: `seed dropped`. */
export function warned({ warnings }: RenderedRequest): string[] {
  return warnings.map(({ field, action }) => `${field} ${action}`)
}
