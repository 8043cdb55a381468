import type { Nano } from '../billing/money.ts'
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
  /** Milliseconds since the epoch. */
  readonly firstByteAt: number | undefined
  readonly firstTokenAt?: number | undefined
  /** What is reserved at the end. */
  readonly reserved: Nano
}

/**
 * Everything needed to compute the bill again, and all that a usage event shows. One literal: put together of several,
 * it took a twentieth of the memory of a call, and takes a hundredth.
 */
export function ledgerMeta(
  { catalogVersion, feeRecord }: CallServices,
  call: Recorded,
  outcome: Outcome,
): LedgerMeta {
  const { target, dialect, startedAt, prepared, held, principal } = call
  const { usage, charge, status, firstByteAt, firstTokenAt, reserved } = outcome
  const { upstreamId } = target.resolution
  const { servedModel = upstreamId } = usage
  return {
    accessKeyId: principal.accessKeyId,
    subject: principal.subject,
    configuration: principal.policy?.configuration,
    tags: tagsOf(call),
    provider: target.resolution.provider,
    model: recordedText(servedModel),
    sent: servedModel === upstreamId ? undefined : recordedText(upstreamId),
    requested: recordedText(call.envelope.model),
    credential: target.credential.kind,
    providerKeyId: target.credential.keyId,
    tier: recordedText(usage.tier),
    speed: recordedText(usage.speed),
    geo: recordedText(usage.geo),
    usage: usage.buckets,
    reasoning: usage.reasoningTokens || undefined,
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
    stopReason: usage.stopReason,
    held: String(held),
    reserved: reserved === held ? undefined : String(reserved),
    startedAt,
    durationMs: Date.now() - startedAt,
    firstByteMs: firstByteAt === undefined ? undefined : firstByteAt - startedAt,
    firstTokenMs: firstTokenAt === undefined ? undefined : firstTokenAt - startedAt,
    warnings: recordedWarnings(prepared.warnings),
    virtualModel: recordedText(target.planned?.virtualModel),
    rejectedModels: rejectedOf(call),
    attempts: attemptsOf(call, outcome),
    catalog: catalogVersion,
  }
}

type Recorded = BilledCall & Partial<Pick<Call, 'course'>>

function tagsOf({ principal: { policy } }: BilledCall): readonly string[] | undefined {
  return policy && policy.tags.length > 0 ? policy.tags : undefined
}

/** Candidates are clients' own words, and as many as they like. */
const mostRejected = 32

function rejectedOf({ course }: Recorded): readonly (string | undefined)[] | undefined {
  if (!course || course.skipped.length === 0) return undefined
  return course.skipped.slice(0, mostRejected).map(({ model }) => recordedText(model))
}

/** Where it took more than one, or the one failed; the last one is what the rest of the row tells of. */
function attemptsOf(call: Recorded, { status, firstByteAt }: Outcome) {
  const { course } = call
  if (!course || course.records.length === 0) return undefined
  if (status === 'failed') return course.records
  return [...course.records, recordAttempt(call as Call, { verdict: 'served', status: 200, firstByteAt })]
}

export interface FreeOutcome {
  readonly status: CallStatus
  /** Why there was no answer. */
  readonly error: GatewayError | undefined
}

/** What was tried of a call that costs nothing, because nothing came of it. */
export function freeMeta(call: Call, { status, error }: FreeOutcome): LedgerMeta {
  const { target, dialect, startedAt, prepared, course, held, principal } = call
  return {
    accessKeyId: principal.accessKeyId,
    subject: principal.subject,
    configuration: principal.policy?.configuration,
    tags: tagsOf(call),
    provider: target.resolution.provider,
    model: recordedText(target.resolution.upstreamId),
    requested: recordedText(call.envelope.model),
    credential: target.credential.kind,
    providerKeyId: target.credential.keyId,
    usage: {},
    usageSource: 'provider',
    clientDialect: dialect.id,
    upstreamDialect: target.dialect.id,
    streaming: call.envelope.stream,
    status,
    error: error?.code,
    held: String(held),
    startedAt,
    durationMs: Date.now() - startedAt,
    warnings: recordedWarnings(prepared.warnings),
    virtualModel: recordedText(target.planned?.virtualModel),
    rejectedModels: rejectedOf(call),
    attempts: course?.records,
  }
}
