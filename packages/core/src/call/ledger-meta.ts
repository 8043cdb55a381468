import type { Usage } from '../billing/usage.ts'
import type { LedgerMeta } from '../credits/driver.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import { recordAttempt } from './attempts/attempt-record.ts'
import type { BilledCall } from './billed-call.ts'
import type { Call } from './call.ts'
import type { Charge } from './price-call.ts'
import { recordedText, recordedWarnings } from './recorded-texts.ts'
import type { CallServices } from './services.ts'
import type { CallStatus } from './settle.ts'

export interface Outcome {
  readonly usage: Usage
  readonly charge: Charge
  readonly status: CallStatus
  readonly firstByteAt: number | undefined
}

/** Everything needed to compute the bill again, and all that a usage event shows. */
export function ledgerMeta(
  { catalogVersion, feeRecord }: CallServices,
  call: BilledCall,
  outcome: Outcome,
): LedgerMeta {
  const { target, principal, dialect, startedAt, prepared } = call
  const { usage, charge, status, firstByteAt } = outcome
  return {
    accessKeyId: principal.accessKeyId,
    subject: principal.subject,
    provider: target.resolution.provider,
    model: recordedText(usage.servedModel ?? target.resolution.upstreamId),
    requested: recordedText(call.envelope.model),
    credential: target.credential.kind,
    tier: recordedText(usage.tier),
    speed: recordedText(usage.speed),
    geo: recordedText(usage.geo),
    usage: usage.buckets,
    rates: charge.rates,
    feeRates: feeRecord,
    geoFactor: charge.geo,
    passRates: charge.passes,
    usageSource: usage.source,
    passes: usage.passes,
    anomalies: usage.anomalies,
    unpriced: charge.unpriced,
    clientDialect: dialect.id,
    upstreamDialect: target.dialect.id,
    streaming: call.envelope.stream,
    status,
    startedAt,
    durationMs: Date.now() - startedAt,
    firstByteMs: firstByteAt === undefined ? undefined : firstByteAt - startedAt,
    warnings: recordedWarnings(prepared.warnings),
    attempts: attemptsOf(call, outcome),
    catalog: catalogVersion,
  }
}

/** Where it took more than one; the last one is what the rest of the row tells of. */
function attemptsOf(call: BilledCall & Partial<Pick<Call, 'course'>>, { firstByteAt }: Outcome) {
  const { course } = call
  if (!course || course.records.length === 0) return undefined
  return [...course.records, recordAttempt(call as Call, { verdict: 'served', status: 200, firstByteAt })]
}

export interface FreeOutcome {
  readonly status: CallStatus
  /** Why there was no answer. */
  readonly error: GatewayError | undefined
}

/** What was tried of a call that costs nothing, because nothing came of it. */
export function freeMeta(call: Call, { status, error }: FreeOutcome): LedgerMeta {
  const { target, principal, dialect, startedAt, prepared, course } = call
  return {
    accessKeyId: principal.accessKeyId,
    subject: principal.subject,
    provider: target.resolution.provider,
    model: recordedText(target.resolution.upstreamId),
    requested: recordedText(call.envelope.model),
    credential: target.credential.kind,
    usage: {},
    usageSource: 'provider',
    clientDialect: dialect.id,
    upstreamDialect: target.dialect.id,
    streaming: call.envelope.stream,
    status,
    error: error?.code,
    startedAt,
    durationMs: Date.now() - startedAt,
    warnings: recordedWarnings(prepared.warnings),
    attempts: course?.records,
  }
}
