import type { BucketName, UsageSource } from '../billing/usage.ts'

/** A member of a request that its provider's dialect cannot say, or not as it was said. */
export interface UsageWarning {
  /** Where it was in the client's body: `seed`, `messages.2`. */
  readonly field: string
  readonly action: 'dropped' | 'changed'
  readonly detail: string
}

/** What one call did and cost. Amounts are USD as decimal text with nine places. */
export interface UsageEvent {
  readonly requestId: string
  readonly account: string
  readonly accessKeyId: string | undefined
  readonly provider: string
  readonly model: string
  readonly credential: 'managed' | 'own'
  readonly clientDialect: string
  readonly upstreamDialect: string
  readonly streaming: boolean
  readonly status: 'succeeded' | 'failed' | 'aborted' | 'cut'
  readonly usage: Readonly<Partial<Record<BucketName, number>>>
  readonly usageSource: UsageSource
  readonly modelCost: string
  readonly fee: string
  readonly charged: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly durationMs: number
  readonly firstByteMs: number | undefined
  /** What a translation could not carry: members of the client's request, and what became of them. */
  readonly warnings: readonly UsageWarning[]
}
