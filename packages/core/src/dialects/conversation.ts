import type { DialectId } from '../providers/dialect-id.ts'
import type { JsonObject } from './json.ts'
import type { Seal } from './seal.ts'

/**
 * The hub of requests: one typed conversation that every dialect is parsed into and rendered from. It names what
 * more than one dialect can say. What only one can say travels beside it (`extensions`, `extras`, opaque parts and
 * server tools) and is rendered again only into the dialect it came from.
 */
export interface Conversation {
  /** The dialect it was written in. */
  readonly dialect: DialectId
  /** As the client wrote it; routing decides what is sent. */
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  /** Of each choice, reasoning included. */
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly seed?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  /** How many likely alternatives to tell for each token; 0 asks for the chosen tokens alone. */
  readonly logprobs?: number
  readonly stop?: readonly string[]
  readonly reasoning?: Reasoning
  readonly responseFormat?: ResponseFormat
  /** `low`, `medium` or `high`. */
  readonly verbosity?: string
  /** What the answer may consist of; text where it is absent. */
  readonly modalities?: readonly ('text' | 'audio' | 'image')[]
  readonly choices?: number
  readonly stream: boolean
  readonly includeUsage?: boolean
  /** A stable, opaque name of the end user. */
  readonly user?: string
  readonly serviceTier?: string
  /** Calls with the same key share a prompt cache. */
  readonly cacheKey?: string
  /** The client's own labels. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Whether the provider shall keep the answer. */
  readonly store?: boolean
  /** Top-level members of the source dialect that have no place here, by name, as they came. */
  readonly extensions: ReadonlyMap<string, unknown>
}

export type Message = Turn<'system' | 'user' | 'assistant', Part> | Turn<'tool', ToolResultPart>

interface Turn<Role, Content> {
  readonly role: Role
  readonly parts: readonly Content[]
  readonly path: string
  /** Members of the source dialect that have no place in the hub, as they came: the name of a participant. */
  readonly extras?: JsonObject
}

/** A mark behind which a prompt may be cached. `ttl` in the words of the source dialect: `5m`, `1h`, `30m`, `12h`. */
export interface CacheMark {
  readonly ttl?: string
}

/** What every part has. */
interface Located {
  /** Where it was in the client's body (`messages.0.content.1`), for errors and warnings. */
  readonly path: string
  /** A cache breakpoint behind this part. */
  readonly cache?: CacheMark
  /** Members of the source dialect that have no place in the hub, as they came. */
  readonly extras?: JsonObject
}

export interface TextPart extends Located {
  readonly type: 'text'
  readonly text: string
  /** Where a provider signs its text. */
  readonly seal?: Seal
}
export interface ImagePart extends Located {
  readonly type: 'image'
  readonly source: MediaSource
  /** `low`, `high`, `original` or `auto`. */
  readonly detail?: string
}
/** A PDF, a text, or any other file whose media type its source tells: a video, a spreadsheet. */
export interface DocumentPart extends Located {
  readonly type: 'document'
  readonly source: MediaSource | { readonly kind: 'text'; readonly text: string }
  readonly title?: string
}
export interface AudioPart extends Located {
  readonly type: 'audio'
  /** Base64. */
  readonly data: string
  /** `wav`, `mp3`, … */
  readonly format: string
}
export interface RefusalPart extends Located {
  readonly type: 'refusal'
  readonly text: string
}
export interface ThinkingPart extends Located {
  readonly type: 'thinking'
  /** '' where the thinking itself is hidden. */
  readonly text: string
  /** Without one only providers that check nothing take it back. */
  readonly seal?: Seal
  /** The seal is all there is: the provider hid the thinking on purpose. */
  readonly redacted?: true
}
export interface ToolCallPart extends Located {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  /** JSON text exactly as the model or client wrote it; '' means no arguments. Of a custom tool: its free text. */
  readonly arguments: string
  /** Of a tool that takes free text in place of JSON. */
  readonly custom?: true
  /** Where a provider signs its calls. */
  readonly seal?: Seal
}
export interface ToolResultPart extends Located {
  readonly type: 'tool-result'
  readonly callId: string
  readonly parts: readonly (TextPart | ImagePart | DocumentPart)[]
  readonly isError?: boolean
  /** The answer to a call of a tool that takes free text. */
  readonly custom?: true
}
/** A part of the source dialect without a counterpart: a server tool's call or result, a compaction. */
export interface OpaquePart extends Located {
  readonly type: 'opaque'
  readonly value: JsonObject
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
  | OpaquePart

export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  /** A file that a provider keeps. */
  | { readonly kind: 'file'; readonly id: string }

export type Tool = FunctionTool | CustomTool | ServerTool

export interface FunctionTool extends Located {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  /** JSON Schema, every keyword kept. */
  readonly parameters?: JsonObject
  readonly strict?: boolean
}
/** A tool that takes free text, which a grammar may bind. */
export interface CustomTool extends Located {
  readonly type: 'custom'
  readonly name: string
  readonly description?: string
  readonly format?: JsonObject
}
/** A tool that the provider runs itself, in the words of the source dialect. */
export interface ServerTool extends Located {
  readonly type: 'server'
  /** What kind it is there, for errors and warnings: `web_search_20260209`, `code_interpreter`. */
  readonly name: string
  readonly value: JsonObject
}

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'allowed'; readonly names: readonly string[]; readonly mode: 'auto' | 'required' }

export interface Reasoning {
  /** `minimal`, `low`, `medium`, `high`, `xhigh` or `max`. */
  readonly effort?: string
  readonly budgetTokens?: number
  /** The model shall reason as much as it sees fit. */
  readonly adaptive?: true
  /** The model shall not reason. */
  readonly disabled?: true
  /** The reasoning shall be shown: `auto`, `concise`, `detailed` or `none`. */
  readonly summary?: string
}

export type ResponseFormat =
  | { readonly type: 'json-object' }
  | {
      readonly type: 'json-schema'
      readonly name: string
      readonly description?: string
      readonly schema: JsonObject
      readonly strict?: boolean
    }

/** Something that could not be carried into the target dialect. */
export interface Warning {
  /** The member of the client's body, for instance `seed` or `messages.2`. */
  readonly field: string
  readonly action: 'dropped' | 'changed'
  readonly detail: string
}
