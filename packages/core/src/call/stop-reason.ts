import type { StreamEvent } from '../dialects/dialect.ts'
import { isJsonObject, type JsonObject } from '../dialects/json.ts'

/** Events that say why a model stopped are small where nobody else parses them. */
const largestEvent = 4096

/** A quote inside a JSON string is escaped, so these bytes are a member and never a quotation. */
const spelled = /"(?:finish_reason|stopReason)"\s*:\s*"(\w{1,64})"/

/** Why the model stopped, out of the last events of a stream, as the provider spells it. */
export function stopReasonIn(events: readonly StreamEvent[]): string | undefined {
  for (const { data } of events) {
    const reason = data.length > largestEvent ? undefined : spelled.exec(data)?.[1]
    if (reason) return reason
  }
  return undefined
}

/**
 * The same out of an answer, or an event, that has been parsed anyway: the names of the dialects differ, so that one
 * look serves all.
 */
export function stopReasonOf(answer: JsonObject): string | undefined {
  if (isJsonObject(answer.response)) return endOfResponse(answer.response)
  if (answer.object === 'response') return endOfResponse(answer)
  const delta = isJsonObject(answer.delta) ? answer.delta : answer
  return (
    word(delta.stop_reason) ??
    word(answer.stopReason) ??
    word(firstOf(answer.choices).finish_reason) ??
    word(firstOf(answer.candidates).finishReason)
  )
}

/** An answer of Responses is complete, or says why it is not. */
function endOfResponse({ incomplete_details: incomplete, status }: JsonObject): string | undefined {
  if (isJsonObject(incomplete)) return word(incomplete.reason) ?? word(status)
  return status === 'in_progress' || status === 'queued' ? undefined : word(status)
}

function firstOf(list: unknown): JsonObject {
  const first: unknown = Array.isArray(list) ? list[0] : undefined
  return isJsonObject(first) ? first : {}
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 64 ? value : undefined
}
