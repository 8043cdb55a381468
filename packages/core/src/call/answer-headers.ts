import type { Warning } from '../dialects/conversation.ts'
import { idHeaders } from './answer.ts'
import type { Skipped } from './attempts/course.ts'
import type { Attempt } from './dispatch.ts'

/**
 * Headers of a relayed answer: ours, and of the upstream's only what cannot lie about its length, its
 * encoding or whose account it is.
 */
export function answerHeaders({ call, prepared, headers }: Attempt): Record<string, string> {
  const answered = idHeaders(call.id)
  answered['tollgate-model'] = printable(
    `${call.target.provider.definition.id}:${call.target.resolution.upstreamId}`,
  )
  answered['tollgate-attempts'] = String(call.course?.attempts ?? 1)
  if (call.course && call.course.skipped.length > 0)
    answered['tollgate-rejected-models'] = renderSkipped(call.course.skipped)
  if (call.limit !== undefined) answered['tollgate-max-output-tokens'] = String(call.limit)
  if (prepared.removed.length > 0) answered['tollgate-removed-parameters'] = renderNames(prepared.removed)
  const upstreamId = headers['x-request-id'] ?? headers['request-id']
  if (typeof upstreamId === 'string') answered['x-upstream-request-id'] = upstreamId
  const processing = headers['openai-processing-ms']
  if (typeof processing === 'string') answered['openai-processing-ms'] = processing
  if (prepared.warnings.length > 0) answered['tollgate-warnings'] = renderWarnings(prepared.warnings)
  return answered
}

/** Compression and caches on the way must leave event streams alone. */
export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const

/** `provider:model=reason`; models are named as the client wrote them, so anything unprintable is masked. */
function renderSkipped(skipped: readonly Skipped[]): string {
  const text = skipped.map(({ model, reason }) => `${model}=${reason.code}`).join(', ')
  return printable(text).slice(0, 2048)
}

/** `field=action` pairs; field names are the client's own, so anything unprintable is masked. */
function renderWarnings(warnings: readonly Warning[]): string {
  const text = warnings.map(({ field, action }) => `${field}=${action}`).join(', ')
  return printable(text).slice(0, 2048)
}

function renderNames(names: readonly string[]): string {
  return printable(names.join(', ')).slice(0, 2048)
}

/** No header can hold anything else. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?')
}
