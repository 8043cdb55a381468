import type { CallMeta } from './call-meta.ts'
import type { UsageEvent } from './usage-event.ts'

/** Which calls a report is about. Whatever is left out does not restrict it. */
export interface UsageQuery {
  /** @default every account */
  readonly account?: string
  readonly accessKeyId?: string
  /** `gpt-4o` or `openai:gpt-4o`, as usage events name it. */
  readonly model?: string
  readonly provider?: string
  readonly tag?: string
  readonly status?: UsageEvent['status']
  /** When the call began, milliseconds since the epoch, inclusive. */
  readonly from?: number
  /** Exclusive. */
  readonly to?: number
  /** Every attempt, and not the final one of each call alone. @default false */
  readonly includeRetries?: boolean
}

/** Whether a call is one of those, as far as its attempts have it in common. */
export function matchesCall(meta: CallMeta, query: UsageQuery): boolean {
  const { accessKeyId, tag, from = 0, to = Number.POSITIVE_INFINITY } = query
  if (accessKeyId !== undefined && meta.accessKeyId !== accessKeyId) return false
  if (tag !== undefined && !meta.tags?.includes(tag)) return false
  return meta.startedAt >= from && meta.startedAt < to
}

/** Whether an attempt is one of those. */
export function matchesAttempt(
  attempt: Pick<UsageEvent, 'provider' | 'model' | 'status'>,
  { provider, model, status }: UsageQuery,
): boolean {
  if (provider !== undefined && attempt.provider !== provider) return false
  if (status !== undefined && attempt.status !== status) return false
  return model === undefined || attempt.model === model || `${attempt.provider}:${attempt.model}` === model
}
