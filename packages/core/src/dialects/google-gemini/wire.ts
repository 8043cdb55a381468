import { renderErrorBody } from '../../errors/render.ts'
import type { Opening, StreamEvent, StreamWire } from '../dialect.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { eventData, formatEvent } from '../sse.ts'
import { repeatedUsageStart } from './repeated-usage.ts'

/** A quote inside a JSON string is escaped; but arguments of calls are JSON themselves, so that a look decides. */
const finished = /"(?:finishReason|blockReason)"\s*:\s*"/

/** Streams of Gemini's API: unnamed events without a closing one. The chunk that says why it finished is the last. */
export const geminiWire: StreamWire = {
  opening,
  isTerminal: (event) => finished.test(event.data) && isEnd(eventData(event) ?? {}),
  heartbeat: () => ': keep-alive\n\n',
  errorFrame: (error, requestId) => formatEvent(renderErrorBody(error, 'google', requestId)),
  outputMembers: ['text', 'stringValue', 'code'],
  usageStart: repeatedUsageStart,
}

function opening(event: StreamEvent): Opening {
  if (!event.data.includes('"error"')) return 'commit'
  const error = eventData(event)?.error
  return isJsonObject(error) ? { error } : 'commit'
}

function isEnd({ candidates, promptFeedback }: JsonObject): boolean {
  const list: readonly unknown[] = Array.isArray(candidates) ? candidates : []
  if (list.length === 0) return isJsonObject(promptFeedback) && typeof promptFeedback.blockReason === 'string'
  return list.some((candidate) => isJsonObject(candidate) && typeof candidate.finishReason === 'string')
}
