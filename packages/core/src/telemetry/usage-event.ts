import type { BucketName, UsageSource } from '../billing/usage.ts'

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
}
