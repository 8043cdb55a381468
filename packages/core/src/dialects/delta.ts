import type { DialectId } from '../providers/dialect-id.ts'
import type { JsonObject } from './json.ts'
import type { Seal } from './seal.ts'

/** Why an answer ended. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter'

/** Token counts in the hub's view, for showing to the client. Money is counted from `billing/usage.ts`. */
export interface DeltaUsage {
  readonly inputUncached: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** Of `cacheWrite`, what is kept for an hour or longer. */
  readonly cacheWriteLong?: number
  /** Everything the model wrote, reasoning included. */
  readonly output: number
  /** Of `output`. */
  readonly reasoning?: number
  /** Of the input and of the output, what was sound. */
  readonly audioInput?: number
  readonly audioOutput?: number
  readonly webSearches?: number
}

/**
 * The hub of answers: one step of an answer. Blocks are numbered from 0 without gaps, one is open at a time, and
 * each is stopped before the next begins; parsers see to it, whatever their provider does, so that renderers need
 * not. A stream that breaks off has no `finish`.
 */
export type Delta =
  | StartDelta
  | BlockDelta
  | MediaDelta
  | OpaqueDelta
  | FinishDelta
  /** The upstream said that it failed in mid-stream. `kind` is its own word for it. */
  | { readonly type: 'error'; readonly kind: string; readonly message: string }

/** First of all, once. */
export interface StartDelta {
  readonly type: 'start'
  /** The provider's id of the answer; '' where it has none. */
  readonly id: string
  /** The model that answers, as its provider names it; '' where it does not say. */
  readonly model: string
  /** As far as it is known by then. */
  readonly usage?: DeltaUsage
}

/** Of the block with this index. */
export type BlockDelta =
  | { readonly type: 'text-start'; readonly index: number; readonly refusal?: true }
  | {
      readonly type: 'text'
      readonly index: number
      readonly text: string
      /** As OpenAI's dialects write them: token, logprob, bytes, top_logprobs. */
      readonly logprobs?: readonly JsonObject[]
    }
  | CitationDelta
  | { readonly type: 'thinking-start'; readonly index: number; readonly redacted?: true }
  | { readonly type: 'thinking'; readonly index: number; readonly text: string }
  /** The provider's seal on a thinking or text block: at most one each, whole, before its stop. */
  | { readonly type: 'seal'; readonly index: number; readonly seal: Seal }
  | {
      readonly type: 'tool-start'
      readonly index: number
      readonly id: string
      readonly name: string
      /** Of a tool that takes free text: its arguments are that text and no JSON. */
      readonly custom?: true
      readonly seal?: Seal
    }
  /** A piece of the arguments, never ''. A whole call has at least `{}`, custom ones excepted. */
  | { readonly type: 'tool-arguments'; readonly index: number; readonly json: string }
  | { readonly type: 'block-stop'; readonly index: number }

/** A source of the text block with this index. `start` and `end` count UTF-16 units of the block's own text. */
export interface CitationDelta {
  readonly type: 'citation'
  readonly index: number
  readonly url: string
  readonly title?: string
  readonly citedText?: string
  readonly start?: number
  readonly end?: number
}

/** A picture or sound that the model made, whole, or a piece of sound. Between blocks. */
export interface MediaDelta {
  readonly type: 'media'
  readonly kind: 'image' | 'audio'
  readonly mediaType: string
  /** Base64. */
  readonly data: string
  /** What is said in the sound. */
  readonly transcript?: string
}

/** Something that only this dialect knows: a server tool's call or result, a compaction. Between blocks. */
export interface OpaqueDelta {
  readonly type: 'opaque'
  readonly dialect: DialectId
  readonly value: JsonObject
}

/** Last of all, once, and only when the answer is complete. */
export interface FinishDelta {
  readonly type: 'finish'
  readonly reason: FinishReason
  /** Why the provider would not answer, where it says so apart from the text. */
  readonly refusal?: string
  readonly stopSequence?: string
  readonly usage?: DeltaUsage
  /** The tier that served, in the words of the provider. */
  readonly serviceTier?: string
}
