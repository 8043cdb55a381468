import { formatUsd } from '../billing/money.ts'
import type { LedgerEntry, LedgerMeta } from '../credits/driver.ts'
import type { UsageEvent } from './usage-event.ts'

/** The part of a ledger row that tells of a call. */
export type SettledRow = Pick<LedgerEntry, 'ref' | 'account' | 'amount' | 'modelCost' | 'fee'> & {
  readonly meta?: LedgerMeta
}

/**
 * Reads a usage event from the ledger row of a settled call, so that what `onUsage` saw and what
 * `usage.events` finds later are the same. Undefined for rows that no call wrote.
 */
export function readUsageEvent(row: SettledRow): UsageEvent | undefined {
  const { meta } = row
  if (typeof meta?.provider !== 'string') return undefined
  const shown = meta as unknown as Omit<UsageEvent, 'requestId' | 'account' | 'modelCost' | 'fee' | 'charged'>
  return {
    requestId: row.ref,
    account: row.account,
    accessKeyId: shown.accessKeyId,
    provider: shown.provider,
    model: shown.model,
    credential: shown.credential,
    clientDialect: shown.clientDialect,
    upstreamDialect: shown.upstreamDialect,
    streaming: shown.streaming,
    status: shown.status,
    usage: shown.usage,
    usageSource: shown.usageSource,
    modelCost: formatUsd(row.modelCost),
    fee: formatUsd(row.fee),
    charged: formatUsd(row.amount),
    startedAt: shown.startedAt,
    durationMs: shown.durationMs,
    firstByteMs: shown.firstByteMs,
    warnings: shown.warnings ?? [],
  }
}
