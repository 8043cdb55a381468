import type { SharedCost } from '../billing/split-cost.ts'
import type { UsageSource } from '../billing/usage.ts'
import type { LedgerMeta } from '../credits/driver.ts'
import type { AttemptRecord } from './attempt.ts'
import type { UsageEvent, UsageWarning } from './usage-event.ts'

/** What the settlement of a call records beside its amounts. Rows of earlier versions lack some of it. */
export interface CallMeta extends SharedCost {
  readonly accessKeyId?: string
  readonly subject?: string
  readonly configuration?: string
  readonly tags?: readonly string[]
  readonly provider: string
  readonly model: string
  /** What was asked of the provider, where another model answered. */
  readonly sent?: string
  readonly requested?: string
  readonly virtualModel?: string
  readonly credential: 'managed' | 'own'
  readonly providerKeyId?: string
  readonly clientDialect: string
  readonly upstreamDialect: string
  readonly streaming: boolean
  readonly status: UsageEvent['status']
  /** The code of the error that a call without an answer ended with. */
  readonly error?: string
  readonly stopReason?: string
  readonly usageSource?: UsageSource
  readonly reasoning?: number
  /** Nano-dollars as text. */
  readonly held?: string
  /** The same at the end, where it had become another. */
  readonly reserved?: string
  readonly startedAt: number
  readonly durationMs: number
  readonly firstByteMs?: number
  readonly firstTokenMs?: number
  readonly warnings?: readonly UsageWarning[]
  readonly removedParameters?: readonly string[]
  readonly rejectedModels?: readonly string[]
  /** All of them in their order, where there was more than one or none of them served. */
  readonly attempts?: readonly AttemptRecord[]
}

/** Undefined for rows that no call wrote. */
export function callMetaOf(meta: LedgerMeta | undefined): CallMeta | undefined {
  if (typeof meta?.provider !== 'string' || typeof meta.startedAt !== 'number') return undefined
  return meta as unknown as CallMeta
}
