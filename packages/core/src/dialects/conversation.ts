/**
 * The hub: one typed conversation and one typed stream of deltas that every dialect is parsed into and
 * rendered from. It names what more than one dialect can say; what only one can say travels in `extensions`
 * under that dialect's id and is rendered again only there.
 */

export interface Conversation {
  /** As the client wrote it; routing decides what is sent. */
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly reasoning?: Reasoning
  readonly responseFormat?: ResponseFormat
  readonly choices?: number
  readonly stream: boolean
  readonly includeUsage?: boolean
  /** A stable, opaque name of the end user. */
  readonly user?: string
  readonly serviceTier?: string
  /** Top-level members of the source dialect that have no place here, by name, as they came. */
  readonly extensions: ReadonlyMap<string, unknown>
}

export type Message =
  | { readonly role: 'system'; readonly parts: readonly Part[]; readonly path: string }
  | { readonly role: 'user'; readonly parts: readonly Part[]; readonly path: string }
  | { readonly role: 'assistant'; readonly parts: readonly Part[]; readonly path: string }
  | { readonly role: 'tool'; readonly parts: readonly ToolResultPart[]; readonly path: string }

/** Where a part came from in the client's body (`messages.0.content.1`), for errors and warnings. */
interface Located {
  readonly path: string
  /** A cache breakpoint behind this part. */
  readonly cache?: { readonly ttl?: string }
}

export interface TextPart extends Located {
  readonly type: 'text'
  readonly text: string
}
export interface ImagePart extends Located {
  readonly type: 'image'
  readonly source: MediaSource
  readonly detail?: string
}
export interface DocumentPart extends Located {
  readonly type: 'document'
  readonly source: MediaSource | { readonly kind: 'text'; readonly text: string }
  readonly title?: string
}
export interface AudioPart extends Located {
  readonly type: 'audio'
  readonly data: string
  readonly format: string
}
export interface RefusalPart extends Located {
  readonly type: 'refusal'
  readonly text: string
}
export interface ThinkingPart extends Located {
  readonly type: 'thinking'
  readonly text: string
  readonly signature?: string
  /** Encrypted payload of redacted thinking; `text` is then empty. */
  readonly redacted?: string
}
export interface ToolCallPart extends Located {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  /** JSON text exactly as the model or client wrote it; '' means no arguments. */
  readonly arguments: string
}
export interface ToolResultPart extends Located {
  readonly type: 'tool-result'
  readonly callId: string
  readonly parts: readonly (TextPart | ImagePart | DocumentPart)[]
  readonly isError?: boolean
}

export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | RefusalPart
  | ThinkingPart
  | ToolCallPart
  | ToolResultPart

export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly id: string }

export interface Tool {
  readonly name: string
  readonly description?: string
  /** JSON Schema, every keyword kept. */
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly strict?: boolean
  readonly cache?: { readonly ttl?: string }
  readonly path: string
}

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'allowed'; readonly names: readonly string[]; readonly mode: 'auto' | 'required' }

export interface Reasoning {
  readonly effort?: string
  readonly budgetTokens?: number
  readonly disabled?: boolean
}

export type ResponseFormat =
  | { readonly type: 'json-object' }
  | {
      readonly type: 'json-schema'
      readonly name: string
      readonly schema: Readonly<Record<string, unknown>>
      readonly strict?: boolean
    }

/** Something that could not be carried into the target dialect. */
export interface Warning {
  /** The member of the client's body, for instance `seed` or `messages.2`. */
  readonly field: string
  readonly action: 'dropped' | 'changed'
  readonly detail: string
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter'

/** Token counts in the hub's view, for showing to the client. Money is counted from `billing/usage.ts`. */
export interface DeltaUsage {
  readonly inputUncached: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning?: number
}

/**
 * One step of an answer. Blocks open and close in order; `index` counts blocks from 0 without gaps.
 */
export type Delta =
  | { readonly type: 'start'; readonly id: string; readonly model: string; readonly usage?: DeltaUsage }
  | { readonly type: 'text-start'; readonly index: number }
  | { readonly type: 'text'; readonly index: number; readonly text: string }
  | { readonly type: 'thinking-start'; readonly index: number; readonly redacted?: string }
  | { readonly type: 'thinking'; readonly index: number; readonly text: string }
  | { readonly type: 'signature'; readonly index: number; readonly signature: string }
  | { readonly type: 'tool-start'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-arguments'; readonly index: number; readonly json: string }
  | { readonly type: 'citation'; readonly index: number; readonly url: string; readonly title?: string }
  | { readonly type: 'block-stop'; readonly index: number }
  | {
      readonly type: 'finish'
      readonly reason: FinishReason
      readonly refusal?: string
      readonly stopSequence?: string
      readonly usage?: DeltaUsage
    }
  /** The upstream said that it failed in mid-stream. */
  | { readonly type: 'error'; readonly kind: string; readonly message: string }
