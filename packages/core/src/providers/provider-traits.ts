/** How a provider's version of its dialects differs from the book, as far as requests go. */
export interface ProviderTraits {
  /** The member of Chat Completions that limits output, where a request has none yet. */
  readonly chatLimitMember: 'max_tokens' | 'max_completion_tokens'
  /** False where the server refuses `stream_options`. */
  readonly streamOptions: boolean
  /** Takes instructions as `developer` messages, as OpenAI's own models want them from o1 on. @default false */
  readonly developerRole?: boolean
  /**
   * The member in which assistant messages carry earlier reasoning back in Chat Completions; absent where reasoning
   * does not go back.
   */
  readonly chatReasoning?: 'reasoning_content' | 'reasoning'
  /**
   * Refuses messages with members that it does not know, so that reasoning and signatures that a client of Chat
   * Completions got from other providers may not come along. @default false
   */
  readonly strictMessages?: boolean
  /** Refuses thinking in Messages that is not signed by itself. @default false */
  readonly signedThinking?: boolean
  /** Top-level members of requests that its servers refuse or ignore, by the dialect's names. */
  readonly refusedMembers?: readonly string[]
  /** Longest name of a tool. @default 64, OpenAI's */
  readonly toolNameLength?: number
  /** Enforces the schema of `strict` tools and `json_schema` formats. @default false */
  readonly strictSchemas?: boolean
}
