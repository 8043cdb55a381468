import type { Delta, FinishReason } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { renderResponsesUsage } from './answer-usage.ts'

/** What an answer is known by. */
export interface ResponseIdentity {
  readonly id: string
  readonly model: string
}

export function identify(start: Extract<Delta, { type: 'start' }> | undefined, context: AnswerContext) {
  const id = start?.id || context.requestId
  return {
    id: id.startsWith('resp_') ? id : `resp_${id}`,
    model: start?.model || context.model,
  } satisfies ResponseIdentity
}

/** Defaults of what an answer repeats from its request. What is not stored is not continued either. */
const defaults: JsonObject = {
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  temperature: null,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: null,
  truncation: 'disabled',
  user: null,
}
const fixed: JsonObject = { background: false, previous_response_id: null, store: false }

/** The members of the request that its answer repeats, with the defaults of those that it lacks. */
export function echoOf(request: JsonObject): JsonObject {
  const given = Object.keys(defaults)
    .filter((name) => Object.hasOwn(request, name) && request[name] !== null)
    .map((name) => [name, request[name]])
  const echo: Record<string, unknown> = { ...defaults, ...Object.fromEntries(given), ...fixed }
  if (isJsonObject(echo.text)) echo.text = { ...(defaults.text as JsonObject), ...echo.text }
  return echo
}

/** How far an answer has come. */
export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly error?: JsonObject
  readonly incomplete?: string
  readonly output: readonly JsonObject[]
  readonly usage?: JsonObject | undefined
  readonly serviceTier?: unknown
}

const reasons: ReadonlyMap<FinishReason, string> = new Map([
  ['length', 'max_output_tokens'],
  ['content-filter', 'content_filter'],
])

/** The state in which an answer ends; one that broke off has no finish and is failed. */
export function endedState(
  finish: Extract<Delta, { type: 'finish' }>,
  output: readonly JsonObject[],
): ResponseState {
  const incomplete = reasons.get(finish.reason)
  return {
    status: incomplete === undefined ? 'completed' : 'incomplete',
    ...(incomplete === undefined ? {} : { incomplete }),
    output,
    usage: finish.usage && renderResponsesUsage(finish.usage),
    serviceTier: finish.serviceTier === 'standard' ? 'default' : finish.serviceTier,
  }
}

/** The response object without what it repeats from its request. */
export function responseMembers(
  { id, model }: ResponseIdentity,
  { status, error, incomplete, output, usage, serviceTier }: ResponseState,
  created: number,
): JsonObject {
  return {
    id,
    object: 'response',
    created_at: created,
    // No clock here: an answer is told as complete in the second in which it began.
    completed_at: status === 'completed' ? created : null,
    status,
    error: error ?? null,
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    model,
    output,
    usage: usage ?? null,
    service_tier: serviceTier ?? 'default',
  }
}
