import { renderErrorBody } from '../../errors/render.ts'
import type { Opening, StreamEvent, StreamWire } from '../dialect.ts'
import { isJsonObject } from '../json.ts'
import { eventData, formatEvent } from '../sse.ts'

/** A quote inside a JSON string is escaped, so these bytes are a member and never a quotation. */
const finished = /"finish_reason"\s*:\s*"/

/** Streams of Chat Completions: unnamed events, ended by `[DONE]`. */
export const chatWire: StreamWire = {
  opening,
  isTerminal: isChatTerminal,
  heartbeat: () => ': keep-alive\n\n',
  errorFrame: (error, requestId) => formatEvent(renderErrorBody(error, 'openai', requestId)),
  outputMembers: ['content', 'text', 'reasoning_content', 'reasoning', 'refusal', 'arguments'],
}

function opening(event: StreamEvent): Opening {
  if (!event.data.includes('"error"')) return 'commit'
  const error = eventData(event)?.error
  if (isJsonObject(error)) return { error }
  return typeof error === 'string' ? { error: { message: error } } : 'commit'
}

/** Several compatible servers end without `[DONE]`: a finish reason is then the proper end. */
function isChatTerminal(event: StreamEvent): boolean {
  return event.data.trim() === '[DONE]' || finished.test(event.data)
}
