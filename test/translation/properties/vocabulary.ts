import type { Conversation, Reasoning, ServerTool } from '../../../packages/core/src/dialects/conversation.ts'
import type { JsonObject } from '../../../packages/core/src/dialects/json.ts'
import type { SealOrigin } from '../../../packages/core/src/dialects/seal.ts'

/** What of the hub a client of one dialect can say. */
export interface Vocabulary {
  readonly media: readonly MediaKind[]
  readonly resultMedia: readonly MediaKind[]
  readonly titles: boolean
  readonly detail: boolean
  readonly refusals: boolean
  /** A result says that its tool failed. */
  readonly failures: boolean
  /** Whose seals its clients send back, and whether they send back thinking that nobody sealed. */
  readonly seals: readonly SealOrigin[]
  readonly unsealedThinking: boolean
  readonly redacted: boolean
  readonly callSeals: boolean
  readonly customTools: boolean
  readonly strictTools: boolean
  /** What may be in the conversation behind its beginning. */
  readonly laterSystem: boolean
  readonly manySystemTexts: boolean
  readonly cacheTtls: readonly (string | undefined)[]
  readonly toolCache: boolean
  readonly resultCache: boolean
  readonly manyResultTexts: boolean
  readonly allowed: readonly ('auto' | 'required')[]
  readonly formats: readonly ('json-object' | 'json-schema')[]
  /** The format of the answer has these members beside its schema. */
  readonly formatMembers: readonly ('name' | 'description' | 'strict')[]
  readonly settings: readonly (keyof Conversation)[]
  readonly reasoning: readonly Reasoning[]
  readonly tiers: readonly string[]
  /** No request goes without a limit on its output. */
  readonly limitIsNeeded?: true
  /** Thinking, a forced call and each of the ways to sample exclude each other. */
  readonly excludes?: true
  readonly opaque: readonly { readonly role: 'user' | 'assistant'; readonly value: JsonObject }[]
  readonly serverTools: readonly Pick<ServerTool, 'name' | 'value'>[]
  readonly extensions: JsonObject
}

export type MediaKind =
  | 'image'
  | 'image-url'
  | 'image-file'
  | 'pdf'
  | 'text-file'
  | 'document-url'
  | 'document-file'
  | 'document-text'
  | 'audio'
  | 'video'
