/** Names that are allowed and names that are not; a name that both lists match is not. */
export interface AllowDeny {
  /** What is not matched is refused; an empty list allows nothing. @default everything */
  readonly allow?: readonly string[] | undefined
  readonly deny?: readonly string[] | undefined
}

/** Where calls may go: a call's provider and its model must both be allowed. */
export interface Scope {
  /** Provider ids, in lower case; `*` stands for any characters. */
  readonly providers?: AllowDeny | undefined
  /**
   * As models are written in requests; `*` stands for any characters. `openai:gpt-4o` and `openai:*` are models of one
   * provider; `gpt-4o` and `gpt-4*` are models of this name at every provider. An alias is kept as the model that it
   * stood for when it was written.
   */
  readonly models?: AllowDeny | undefined
}

/** An amount that may be spent within a window of UTC. */
export interface SpendLimit {
  /** US dollars as decimal text: `'5.00'`. */
  readonly limit: string
  /** Weeks begin on Monday. @default 'lifetime' */
  readonly window?: 'day' | 'week' | 'month' | 'lifetime' | undefined
}

/** What one call, one minute or one window may take at most. */
export interface PolicyLimits {
  /** One for each window. */
  readonly spend?: SpendLimit | readonly SpendLimit[] | undefined
  /** Requests per minute. */
  readonly rpm?: number | undefined
  /** Tokens per minute. */
  readonly tpm?: number | undefined
  /** Calls at the same time. */
  readonly concurrency?: number | undefined
  /** Of one call, by an estimate where nobody counts before. */
  readonly maxInputTokens?: number | undefined
  /** Of one call; what a client asks for above it is lowered to it. */
  readonly maxOutputTokens?: number | undefined
}

/** In which order the keys of a step are tried. */
export type KeyStrategy = 'ordered' | 'round_robin' | 'weighted' | 'least_errors'

/** Where credentials of a call come from: the operator's own, or provider keys of the account. */
export type RoutingStep =
  | { readonly type: 'managed' }
  | {
      readonly type: 'own'
      /** @default 'ordered' */
      readonly strategy?: KeyStrategy | undefined
      /** @default every key that the account has for the provider, oldest first */
      readonly keys?: readonly StepKey[] | undefined
    }

/** A provider key by its id. */
export interface StepKey {
  readonly id: string
  /** Of `weighted`: how often it comes first, beside the others. @default 1 */
  readonly weight?: number | undefined
}

/** Steps are tried in order. A rule for a model comes before one for its provider. */
export interface RoutingRule {
  readonly provider?: string | undefined
  /** As it is written in requests. */
  readonly model?: string | undefined
  readonly steps: readonly RoutingStep[]
}

/** Milliseconds; 0 switches a clock off. What is left out is as in the gateway's options. */
export interface PolicyTimeouts {
  readonly connect?: number | undefined
  readonly firstEvent?: number | undefined
  readonly answer?: number | undefined
  readonly idle?: number | undefined
  /** One attempt, until its answer begins. */
  readonly attempt?: number | undefined
  /** All attempts, until an answer begins. */
  readonly total?: number | undefined
}

/** In which order candidates for a call are tried. */
export type SelectionStrategyName = 'order' | 'price' | 'latency' | 'throughput' | 'random'

/** A scope that does not allow what was asked. */
export interface ScopeRefusal {
  /** Whose scope: `the access key`, `the configuration "x"`, `the account`. */
  readonly owner: string
  /** Which of its lists. */
  readonly list: 'providers' | 'models'
}

/** What the policies of a key, its configuration and its account come to for one call. Ready to be asked. */
export interface CallPolicy {
  /** @param model The id that the gateway lists, without its provider. */
  allows(provider: string, model: string): boolean
  /** Why it does not; undefined where it does. */
  refusal(provider: string, model: string): ScopeRefusal | undefined
  /** Undefined where no rule names them. */
  stepsFor(provider: string, model: string): readonly RoutingStep[] | undefined
  readonly maxInputTokens: number | undefined
  readonly maxOutputTokens: number | undefined
  /** Who set them, for the words of a refusal. */
  readonly owners: { readonly maxInputTokens?: string; readonly maxOutputTokens?: string }
  readonly timeouts: PolicyTimeouts | undefined
  readonly strategy: SelectionStrategyName | undefined
  /** Its id. */
  readonly configuration: string | undefined
  /** Of account, configuration and key, each once. */
  readonly tags: readonly string[]
}
