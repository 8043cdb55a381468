import type { UsageQuirks, UsageReader } from '../billing/usage.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import type { PathRequest } from '../providers/provider.ts'
import type { ProviderTraits } from '../providers/provider-traits.ts'
import type { AnswerFilters } from './answer-filters/answer-filters.ts'
import type { Conversation, Warning } from './conversation.ts'
import type { Delta } from './delta.ts'
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
  /** What its model can write at most; undefined when nobody knows. */
  readonly maxOutputTokens: number | undefined
  /** Output tokens that the balance pays for, where it does not pay for all that may come. */
  readonly affordable?: number | undefined
  /** Used when the client names no limit and the dialect demands one. */
  readonly defaultMaxOutputTokens: number
  /** Refuse what cannot be carried instead of dropping it with a warning. */
  readonly strict: boolean
  readonly traits: ProviderTraits
}

export interface RenderedRequest {
  readonly body: JsonObject
  readonly headers?: Readonly<Record<string, string>>
  readonly warnings: readonly Warning[]
  /** The limit on output that it names, which may be above the client's own where thinking is inside it. */
  readonly maxOutputTokens?: number
  /** It makes the model think, in tokens that are billed but not all shown. */
  readonly thinks?: boolean
  /** What has to be undone in this request's answer, by `createAnswerFilter`. */
  readonly answer?: AnswerFilters
}

/**
 * Upstream events in, hub deltas out, in the order that {@link Delta} promises. One instance a stream. What a
 * provider sends after its end is not part of the answer; unknown events are passed over.
 */
export interface StreamParser {
  push(event: StreamEvent): readonly Delta[]
  /** What a stream owes that ended properly without saying so, for instance after a finish reason. */
  end?(): readonly Delta[]
}

/** Hub deltas in, wire text of the client's dialect out. One instance a stream. */
export interface StreamRenderer {
  push(delta: Delta): string
  /** In dialects that number their events: the number for an event of the gateway's own, which is then used up. */
  nextSequence?(): number
}

/** What a renderer needs to know of the request it answers. */
export interface AnswerContext {
  readonly requestId: string
  /** For answers that do not name their model. */
  readonly model: string
  /** Seconds since the epoch. */
  readonly created: number
  readonly includeUsage: boolean
  /** Reads the client's body, for dialects whose answers repeat parts of it. */
  request(): JsonObject
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
  /** Where events repeat their usage: from where on in these frames it has to be read. */
  usageStart?(frames: string): number
  /** Events carry a `sequence_number`. */
  readonly numbersEvents?: true
}

/**
 * A wire format: pure functions, no I/O. Request and stream each have a way in (parse) and a way out
 * (render) so that any client dialect reaches any provider dialect through the hub of `conversation.ts` and
 * `delta.ts`. A missing function means that this direction is not offered.
 */
export interface Dialect {
  readonly id: DialectId
  /** Which family of error bodies its clients read. */
  readonly family: 'openai' | 'anthropic' | 'google'
  /** Path, and query where it needs one, below the provider's base URL. */
  upstreamPath(request: PathRequest): string
  /** Its requests are written in another dialect than its answers. */
  readonly requests?: DialectId
  /** Model and streaming are in the path, so that the body names neither. */
  readonly namesInPath?: true
  /** Its answers are conversations made shorter: no request limits their length, and no provider keeps them. */
  readonly compacts?: true
  readonly wire: StreamWire
  createUsageReader(quirks: UsageQuirks): UsageReader
  parseRequest?(body: JsonObject): Conversation
  renderRequest?(conversation: Conversation, target: RenderTarget): RenderedRequest
  createStreamParser?(): StreamParser
  createStreamRenderer?(context: AnswerContext): StreamRenderer
  /** A whole JSON answer as the deltas its stream would have had; undefined when it is none of this dialect's. */
  parseAnswer?(body: JsonObject): readonly Delta[] | undefined
  /** Deltas collected into one JSON answer. */
  renderAnswer?(deltas: readonly Delta[], context: AnswerContext): JsonObject
}
