import { countOutputTokens } from '../billing/buckets.ts'
import { estimateTokens, estimateUsage, mergeEstimate } from '../billing/estimate.ts'
import type { Usage } from '../billing/usage.ts'
import type { Call } from './call.ts'
import type { Attempt } from './dispatch.ts'
import type { CallStatus } from './settle.ts'
import type { MeterReading } from './stream-meter.ts'

/**
 * Settles a stream from the upstream's side. What the provider reported at its end stands. A stream that
 * broke is charged for what it delivered, and one that delivered nothing is free, unless it was the client
 * who left.
 */
export function settleStream({ call, settlement }: Attempt, reading: MeterReading, status: CallStatus): void {
  const { usage, outputBytes, stopReason } = reading
  const charge = (used: Usage) => void settlement.charge({ ...used, stopReason }, status)
  if (usage && isWhole(usage, reading)) charge(usage)
  else if (!usage && outputBytes === 0 && status !== 'aborted') settlement.free(status)
  else charge(usage ? completeUsage(call, usage, outputBytes) : estimateCall(call, outputBytes))
}

/** A report that came early in an answer which broke says little of what followed it. */
function isWhole(usage: Usage, { complete, outputBytes }: MeterReading): boolean {
  if (usage.partial) return false
  return complete || estimateTokens(outputBytes) <= 2 * countOutputTokens(usage.buckets)
}

function completeUsage(call: Call, reported: Usage, outputBytes: number): Usage {
  return mergeEstimate({ ...reported, partial: true }, estimateOutput(call, outputBytes))
}

/**
 * What to charge when nobody reported anything: the request's size as input and the delivered text as output.
 *
 * @param outputBytes Bytes of the answer's own text that came.
 */
export function estimateCall(call: Call, outputBytes: number): Usage {
  const { entry } = call.target.resolution
  return estimateUsage({
    inputBytes: call.envelope.members.body.length,
    history: call.previous?.tokens,
    outputBytes,
    maxInputTokens: entry?.maxInputTokens ?? entry?.contextWindow,
    maxOutputTokens: estimateOutput(call, outputBytes),
  })
}

/**
 * Tokens of delivered text, never above what its model can make. What client or balance allowed bounds an estimate
 * that is near it; text that is far beyond shows that the limit was not kept.
 */
function estimateOutput({ plan, limit, envelope, target }: Call, outputBytes: number): number {
  const tokens = estimateTokens(outputBytes, target.resolution.entry?.maxOutputTokens)
  const allowed = limit === undefined ? plan?.mostTokens : limit * envelope.choices
  return allowed !== undefined && tokens <= 2 * allowed ? Math.min(tokens, allowed) : tokens
}
