/**
 * The kinds of billable units a call can consume. Buckets are disjoint: a cached token is in `cache_read`
 * and not in `text_in`; reasoning is inside `text_out`.
 */
export const bucketNames = [
  'text_in',
  'cache_read',
  'cache_write',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_30m',
  'cache_write_12h',
  'audio_in',
  'audio_cache_read',
  'image_in',
  'image_cache_read',
  'text_out',
  'audio_out',
  'image_out',
  'seconds_in',
  'web_search',
  'web_search_preview',
  'file_search',
  'provider_cost',
] as const

/** What is counted and priced apart: tokens by kind, calls of server tools, seconds. */
export type BucketName = (typeof bucketNames)[number]

/** Non-negative integers; a bucket that is absent is 0. */
export type Buckets = Partial<Record<BucketName, number>>

/** Where the counts come from: the provider's report, our own estimate, or partly each. */
export type UsageSource = 'provider' | 'estimated' | 'mixed'

/** What one answer consumed, as its provider's edge normalised it. */
export interface Usage {
  readonly buckets: Buckets
  readonly source: UsageSource
  /** Of `text_out`, how much was reasoning. For display; it is priced as output. */
  readonly reasoningTokens?: number
  /** Why the model stopped, in the provider's word. For display. */
  readonly stopReason?: string | undefined
  /** The model the answer names, where it names one. */
  readonly servedModel?: string
  /** The service tier the answer names: `default`, `priority`, `flex`, `batch`, … */
  readonly tier?: string
  readonly speed?: string
  readonly geo?: string
  /**
   * Dollars the provider says it charged, as decimal text (OpenRouter). The bucket `provider_cost` is then 1
   * and stands for the whole model cost; the token buckets beside it are for display and the fee.
   */
  readonly providerCost?: string
  /** The stream ended before its output was reported: the output buckets are a placeholder. */
  readonly partial?: true
  /** Passes of other models that are not in the buckets above and are priced on their own. */
  readonly passes?: readonly { readonly model: string; readonly buckets: Buckets }[]
  /** What did not add up (negative rests and the like), in words for the ledger. */
  readonly anomalies?: readonly string[]
}

/**
 * Reads usage out of one answer: the JSON body at once, or every stream event that may carry usage, in
 * order. Repeated counts overwrite; nothing is ever summed over events.
 */
export interface UsageReader {
  read(event: Readonly<Record<string, unknown>>): void
  /** Undefined when the answer reported none. */
  result(): Usage | undefined
}

/** How a provider's version of a dialect differs from the book. */
export interface UsageQuirks {
  /** xAI: `completion_tokens` leaves reasoning out. */
  readonly reasoningOutsideCompletion?: boolean
  /** OpenRouter: `usage.cost` is what it really charged. */
  readonly reportsCost?: boolean
}
