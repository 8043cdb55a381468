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
  const { usage, outputBytes } = reading
  if (usage && !usage.partial) settlement.charge(usage, status)
  else if (outputBytes === 0 && status !== 'aborted') settlement.release()
  else
    settlement.charge(
      usage ? completeUsage(call, usage, outputBytes) : estimateCall(call, outputBytes),
      status,
    )
}

function completeUsage(call: Call, reported: Usage, outputBytes: number): Usage {
  return mergeEstimate(reported, estimateTokens(outputBytes, mostOutput(call)))
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
    outputBytes,
    maxInputTokens: entry?.maxInputTokens ?? entry?.contextWindow,
    maxOutputTokens: mostOutput(call),
  })
}

/** What model, client and balance allow for all choices together: no estimate is above it. */
function mostOutput({ plan, limit, envelope, target }: Call): number | undefined {
  if (limit !== undefined) return limit * envelope.choices
  return plan?.mostTokens ?? target.resolution.entry?.maxOutputTokens
}
