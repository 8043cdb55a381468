import type { CostShare } from '../billing/split-cost.ts'
import type { BucketName, UsageSource } from '../billing/usage.ts'
import type { AttemptVerdict } from './attempt.ts'

/** A member of a request that its provider's dialect cannot say, or not as it was said. */
export interface UsageWarning {
  /** Where it was in the client's body: `seed`, `messages.2`. */
  readonly field: string
  readonly action: 'dropped' | 'changed'
  readonly detail: string
}

/** How an attempt ended: `stream_failed` broke after its answer had begun, of `unknown` nobody saw the end. */
export type UsageCompletion = 'succeeded' | 'failed' | 'timed_out' | 'stream_failed' | 'unknown'

/**
 * What one attempt did and cost. Amounts are US dollars as decimal text with nine places. A call has one event for
 * each of its attempts, in their order, and only the final one costs anything.
 */
export interface UsageEvent {
  /** The request's id and the attempt's number: `call_….1`. */
  readonly id: string
  /** The same for all attempts of one call; also in the header `tollgate-request-id`. */
  readonly requestId: string
  /** When the attempt ended, ISO 8601. */
  readonly eventTime: string
  readonly account: string
  readonly accessKeyId: string | undefined
  /** Who called, as the host's own login knows them. */
  readonly subject: string | undefined
  /** The access key configuration that the call was made under. */
  readonly configuration: string | undefined
  readonly tags: readonly string[]

  /** From 1. */
  readonly attemptNumber: number
  /** How many there were. */
  readonly attempts: number
  /** The one that served or, where none did, the last. */
  readonly isFinalAttempt: boolean
  readonly served: boolean
  readonly verdict: AttemptVerdict
  readonly completion: UsageCompletion
  readonly status: 'succeeded' | 'failed' | 'aborted' | 'cut'
  /** The provider's HTTP status; 0 where none came. */
  readonly statusCode: number
  readonly isError: boolean
  readonly timedOut: boolean
  /** The code of the error, as clients get to see it, where one is known. */
  readonly errorCode: string | undefined

  readonly provider: string
  /** Of the final attempt the one that answered, of others the one that was asked. */
  readonly model: string
  /** What was asked of the provider. */
  readonly upstreamModel: string
  /** As the client wrote it. */
  readonly requestedModel: string | undefined
  /** The name that stood for several models, where one was asked for. */
  readonly virtualModel: string | undefined
  readonly credential: 'managed' | 'own'
  readonly providerKeyId: string | undefined
  readonly clientDialect: string
  readonly upstreamDialect: string
  readonly streaming: boolean
  /** Why the model stopped, in the provider's own word. */
  readonly stopReason: string | undefined

  /** Units by bucket, which are disjoint: a cached token is in `cache_read` and not in `text_in`. */
  readonly usage: Readonly<Partial<Record<BucketName, number>>>
  readonly usageSource: UsageSource
  /** The provider did not report all of it. */
  readonly usageEstimated: boolean
  /** All of them, cached ones included. */
  readonly inputTokens: number
  /** All of them, reasoning included. */
  readonly outputTokens: number
  readonly cacheReadTokens: number
  /** Of any lifetime. */
  readonly cacheWriteTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  readonly reasoningTokens: number

  /** What the model cost is for; the parts add up to it exactly (see `splitModelCost`). */
  readonly costs: Readonly<Partial<Record<CostShare, string>>>
  readonly modelCost: string
  readonly fee: string
  /** `modelCost` and `fee` together, less what the account did not have. */
  readonly charged: string
  /** What the account did not have. */
  readonly shortfall: string
  /** What was reserved at first. */
  readonly held: string
  /** What was reserved when the answer ended. */
  readonly reserved: string

  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly durationMs: number
  readonly firstByteMs: number | undefined
  /** Of streams: until the first event that belongs to the answer. */
  readonly timeToFirstTokenMs: number | undefined
  /** Output over the time that it took, of streams from the first token on. */
  readonly tokensPerSecond: number | undefined

  /** What a translation could not carry: members of the client's request, and what became of them. */
  readonly warnings: readonly UsageWarning[]
  /** Members that were not sent to the provider. */
  readonly removedParameters: readonly string[]
  /** Models that were passed over before any was tried. */
  readonly rejectedModels: readonly string[]
}
