import type { Usage } from '../billing/usage.ts'
import type { LedgerMeta } from '../credits/driver.ts'
import type { BilledCall } from './billed-call.ts'
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
    catalog: catalogVersion,
  }
}
