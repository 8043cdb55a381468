import { estimateUsage } from '../../billing/estimate.ts'
import type { Usage } from '../../billing/usage.ts'
import type { JsonObject } from '../../dialects/json.ts'
import { openaiResponses } from '../../dialects/openai-responses/openai-responses.ts'
import type { RunRecord } from '../../responses/response-record.ts'
import type { CallServices } from '../services.ts'
import type { CallStatus } from '../settle.ts'
import { stopReasonOf } from '../stop-reason.ts'
import { isOver } from './response-status.ts'
import { releaseRun, settleRun } from './settle-run.ts'

/**
 * Settles a run by what its provider says of it now; one that goes on is left alone. What was reported is charged,
 * however it ended. Where nothing was, a run that failed, or was cancelled before it had any output, is free.
 *
 * @returns Whether it is over.
 */
export function concludeRun(services: CallServices, run: RunRecord, response: JsonObject): boolean {
  if (!isOver(response)) return false
  const status = statusOf(response)
  const usage = reportedUsage(services, run, response) ?? estimate(services, run, { response, status })
  if (usage) settleRun(services, run, { usage: { ...usage, stopReason: stopReasonOf(response) }, status })
  else releaseRun(services, run)
  return true
}

function statusOf({ status }: JsonObject): CallStatus {
  if (status === 'cancelled') return 'aborted'
  return status === 'failed' ? 'failed' : 'succeeded'
}

/** What a provider says that a response took. */
export function reportedUsage(
  { providers }: CallServices,
  { provider }: Pick<RunRecord, 'provider'>,
  response: JsonObject,
): Usage | undefined {
  const reader = openaiResponses.createUsageReader(providers.get(provider)?.definition.quirks ?? {})
  reader.read(response)
  return reader.result()
}

interface Unreported {
  readonly response: JsonObject
  readonly status: CallStatus
}

function estimate(
  { models }: CallServices,
  run: RunRecord,
  { response, status }: Unreported,
): Usage | undefined {
  const output = Array.isArray(response.output) ? response.output : []
  if (status === 'failed' || (status === 'aborted' && output.length === 0)) return undefined
  const entry = run.entry === undefined ? undefined : models.find(run.provider, run.entry)
  return estimateUsage({
    inputBytes: run.inputBytes,
    history: run.history,
    outputBytes: Buffer.byteLength(JSON.stringify(output)),
    maxInputTokens: entry?.maxInputTokens ?? entry?.contextWindow,
    maxOutputTokens: entry?.maxOutputTokens,
  })
}
