import type { LedgerEntry, LedgerMeta } from '../credits/driver.ts'
import type { AttemptRecord } from './attempt.ts'
import { type CallMeta, callMetaOf } from './call-meta.ts'
import { costFacts, freeFacts } from './cost-facts.ts'
import { tokenFacts } from './token-facts.ts'
import type { UsageCompletion, UsageEvent } from './usage-event.ts'

/** The part of a ledger row that tells of a call. */
export type SettledRow = Pick<
  LedgerEntry,
  'ref' | 'account' | 'amount' | 'modelCost' | 'fee' | 'shortfall'
> & { readonly meta?: LedgerMeta }

/**
 * Reads the usage events of a call from the ledger row of its settlement, one for each attempt in their order, so
 * that what `onUsage` saw and what `usage.events` finds later are the same. Empty for rows that no call wrote.
 *
 * @example
 * for await (const row of driver.ledger('acme')) for (const event of readUsageEvents(row)) show(event)
 */
export function readUsageEvents(row: SettledRow): UsageEvent[] {
  const meta = callMetaOf(row.meta)
  if (!meta) return []
  const records = meta.attempts?.length ? meta.attempts : [onlyAttempt(meta)]
  const served = records.findIndex(({ verdict }) => verdict === 'served')
  const final = served < 0 ? records.length - 1 : served
  return records.map((record, index) => {
    const place = { number: index + 1, count: records.length, isFinal: index === final }
    return {
      ...callFacts(row, meta),
      ...attemptFacts(record, place, row),
      ...factsOf(record, place, { row, meta }),
    }
  })
}

/** What a row without a list of attempts tells of the one that there was. */
function onlyAttempt(meta: CallMeta): AttemptRecord {
  const hasFailed = meta.status === 'failed'
  return {
    provider: meta.provider,
    model: meta.sent ?? meta.model,
    credential: meta.credential,
    ...(meta.providerKeyId !== undefined && { keyId: meta.providerKeyId }),
    upstreamDialect: meta.upstreamDialect,
    verdict: hasFailed ? 'exhausted' : 'served',
    status: hasFailed ? 0 : 200,
    ...(meta.error !== undefined && { code: meta.error }),
    startedAt: meta.startedAt,
    durationMs: meta.durationMs,
    ...(meta.firstByteMs !== undefined && { firstByteMs: meta.firstByteMs }),
  }
}

function callFacts({ ref, account }: SettledRow, meta: CallMeta) {
  return {
    requestId: ref,
    account,
    accessKeyId: meta.accessKeyId,
    subject: meta.subject,
    configuration: meta.configuration,
    tags: meta.tags ?? [],
    requestedModel: meta.requested,
    virtualModel: meta.virtualModel,
    clientDialect: meta.clientDialect,
    streaming: meta.streaming,
    rejectedModels: meta.rejectedModels ?? [],
  }
}

interface Place {
  readonly number: number
  readonly count: number
  readonly isFinal: boolean
}

function attemptFacts(record: AttemptRecord, { number, count, isFinal }: Place, { ref }: SettledRow) {
  const { startedAt, durationMs, firstByteMs, verdict, code } = record
  return {
    id: `${ref}.${number}`,
    eventTime: new Date(startedAt + durationMs).toISOString(),
    attemptNumber: number,
    attempts: count,
    isFinalAttempt: isFinal,
    served: verdict === 'served',
    verdict,
    statusCode: record.status,
    timedOut: code === 'upstream_timeout',
    errorCode: code,
    provider: record.provider,
    upstreamModel: record.model,
    credential: record.credential,
    providerKeyId: record.keyId,
    upstreamDialect: record.upstreamDialect,
    startedAt,
    durationMs,
    firstByteMs,
  }
}

interface Call {
  readonly row: SettledRow
  readonly meta: CallMeta
}

function factsOf(record: AttemptRecord, { isFinal }: Place, call: Call) {
  return isFinal ? finalFacts(record, call) : failedFacts(record, call)
}

/** Attempts that came to nothing are free. */
function failedFacts(record: AttemptRecord, { meta }: Call) {
  const completion = completionOf(record.verdict === 'overtaken' ? 'aborted' : 'failed', record)
  return {
    ...freeFacts,
    ...tokenFacts({ usage: {}, usageSource: 'provider', reasoning: 0 }),
    model: record.model,
    completion,
    isError: completion !== 'unknown',
    status: record.verdict === 'overtaken' ? ('aborted' as const) : ('failed' as const),
    stopReason: undefined,
    timeToFirstTokenMs: undefined,
    tokensPerSecond: undefined,
    warnings: [],
    removedParameters: meta.removedParameters ?? [],
  }
}

function finalFacts(record: AttemptRecord, { row, meta }: Call) {
  const tokens = tokenFacts(meta)
  const completion = completionOf(meta.status, record)
  const warnings = meta.warnings ?? []
  const firstToken = firstTokenOf(record, meta)
  return {
    ...tokens,
    ...costFacts(row, meta),
    model: meta.model,
    completion,
    isError: completion !== 'succeeded' && completion !== 'unknown',
    status: meta.status,
    stopReason: meta.stopReason,
    timeToFirstTokenMs: firstToken,
    tokensPerSecond: speedOf(tokens.outputTokens, record.durationMs - (firstToken ?? 0)),
    warnings,
    removedParameters:
      meta.removedParameters ??
      warnings.flatMap(({ action, field }) => (action === 'dropped' ? [field] : [])),
  }
}

/** The row counts from the beginning of the call, the event from that of its attempt. */
function firstTokenOf({ startedAt }: AttemptRecord, meta: CallMeta): number | undefined {
  if (meta.firstTokenMs === undefined) return undefined
  return Math.max(0, meta.firstTokenMs - (startedAt - meta.startedAt))
}

/** Tokens a second, to a hundredth. */
function speedOf(tokens: number, ms: number): number | undefined {
  return tokens > 0 && ms > 0 ? Math.round((tokens / ms) * 100_000) / 100 : undefined
}

function completionOf(status: UsageEvent['status'], { code }: AttemptRecord): UsageCompletion {
  if (status === 'succeeded') return 'succeeded'
  if (status === 'cut') return 'stream_failed'
  if (status === 'aborted') return 'unknown'
  return code === 'upstream_timeout' ? 'timed_out' : 'failed'
}
