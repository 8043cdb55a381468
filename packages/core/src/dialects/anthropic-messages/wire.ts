import { renderErrorBody } from '../../errors/render.ts'
import type { Opening, StreamEvent, StreamWire } from '../dialect.ts'
import { isJsonObject } from '../json.ts'
import { eventData, eventType, formatEvent } from '../sse.ts'

/** Streams of Messages: every event has its `event:` line, without which the official client sees nothing. */
export const messagesWire: StreamWire = {
  opening,
  isTerminal: (event) => eventType(event) === 'message_stop',
  heartbeat: () => formatEvent({ type: 'ping' }, 'ping'),
  errorFrame: (error, requestId) => formatEvent(renderErrorBody(error, 'anthropic', requestId), 'error'),
  outputMembers: ['text', 'thinking', 'partial_json'],
}

function opening(event: StreamEvent): Opening {
  const type = eventType(event)
  if (type === 'ping') return 'wait'
  if (type !== 'error') return 'commit'
  const error = eventData(event)?.error
  return { error: isJsonObject(error) ? error : { type: 'api_error', message: event.data } }
}
