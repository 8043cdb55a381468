import type { UsageQuirks, UsageReader } from '../billing/usage.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import type { Conversation, Delta, Warning } from './conversation.ts'
import type { JsonObject } from './json.ts'

/** One server-sent event, taken apart. */
export interface StreamEvent {
  /** The `event:` line, where there is one. */
  readonly event: string | undefined
  /** The joined `data:` lines, as text. */
  readonly data: string
}

/** What is known of the target when a request is rendered for it. */
export interface RenderTarget {
  /** The upstream's own model id. */
  readonly model: string
  readonly maxOutputTokens: number | undefined
  /** Used when the client names no limit and the dialect demands one. */
  readonly defaultMaxOutputTokens: number
  /** Refuse what cannot be carried instead of dropping it with a warning. */
  readonly strict: boolean
}

export interface RenderedRequest {
  readonly body: JsonObject
  readonly headers?: Readonly<Record<string, string>>
  readonly warnings: readonly Warning[]
  /** To be handed to the parser of this request's answer. */
  readonly answer?: AnswerOptions
}

/** What a parser must know of the request to read its answer. */
export interface AnswerOptions {
  /** A tool that was forced only to get structured output: its arguments are the answer's text. */
  readonly answerTool?: string
}

/** Upstream events in, hub deltas out. One instance a stream. */
export interface StreamParser {
  push(event: StreamEvent): readonly Delta[]
}

/** Hub deltas in, wire text of the client's dialect out. One instance a stream. */
export interface StreamRenderer {
  push(delta: Delta): string
}

/** What a renderer needs to know of the request it answers. */
export interface AnswerContext {
  readonly requestId: string
  readonly model: string
  /** Seconds since the epoch. */
  readonly created: number
  readonly includeUsage: boolean
}

/**
 * How far a stream's first events commit the gateway to a 200. `error` is the provider's own error object,
 * the one an HTTP error body holds in its `error` member.
 */
export type Opening = 'wait' | 'commit' | { readonly error: JsonObject }

/** The facts of a dialect's streams that the relay needs while bytes pass through. */
export interface StreamWire {
  /** Looks at one event before the status is sent. */
  opening(event: StreamEvent): Opening
  /** True when this event ends the answer properly (`[DONE]`, `message_stop`, `response.completed`). */
  isTerminal(event: StreamEvent): boolean
  /** Sent on a frame boundary after silence. `sequence` is one above the last number seen, where numbered. */
  heartbeat(sequence: number): string
  /** The honest end of a broken stream. */
  errorFrame(error: GatewayError, requestId: string, sequence: number): string
  /** Members whose string values are the answer's own text, for counting output that nobody reported. */
  readonly outputMembers: readonly string[]
  /** Events carry a `sequence_number`. */
  readonly numbersEvents?: true
}

/**
 * A wire format: pure functions, no I/O. Request and stream each have a way in (parse) and a way out
 * (render) so that any client dialect reaches any provider dialect through the hub of `conversation.ts`.
 * A missing function means that this direction is not offered.
 */
export interface Dialect {
  readonly id: DialectId
  /** Which family of error bodies its clients read. */
  readonly family: 'openai' | 'anthropic'
  /** Path below the provider's base URL. */
  readonly upstreamPath: string
  readonly wire: StreamWire
  createUsageReader(quirks: UsageQuirks): UsageReader
  parseRequest?(body: JsonObject): Conversation
  renderRequest?(conversation: Conversation, target: RenderTarget): RenderedRequest
  createStreamParser?(options?: AnswerOptions): StreamParser
  createStreamRenderer?(context: AnswerContext): StreamRenderer
  /** A whole JSON answer as the deltas its stream would have had. */
  parseAnswer?(body: JsonObject, options?: AnswerOptions): readonly Delta[]
  /** Deltas collected into one JSON answer. */
  renderAnswer?(deltas: readonly Delta[], context: AnswerContext): JsonObject
}
