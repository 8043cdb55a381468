import type { GatewayError } from '../../errors/gateway-error.ts'
import { renderErrorBody } from '../../errors/render.ts'
import type { Opening, StreamEvent, StreamWire } from '../dialect.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { eventData, eventType, formatEvent } from '../sse.ts'

/** Events that come before the model has begun to answer, and after which it may still refuse. */
const beforeOutput = new Set(['response.created', 'response.in_progress', 'response.queued', 'keepalive'])
const terminal = new Set(['response.completed', 'response.incomplete', 'response.failed'])

/** Streams of Responses: named, numbered events. */
export const responsesWire: StreamWire = {
  opening,
  isTerminal: (event) => terminal.has(eventType(event) ?? ''),
  heartbeat: (sequence) => formatEvent({ type: 'keepalive', sequence_number: sequence }, 'keepalive'),
  errorFrame,
  outputMembers: ['delta'],
  numbersEvents: true,
}

function opening(event: StreamEvent): Opening {
  const type = eventType(event)
  if (beforeOutput.has(type ?? '')) return 'wait'
  if (type !== 'error' && type !== 'response.failed') return 'commit'
  return { error: errorOf(eventData(event) ?? { message: event.data }) }
}

/** An `error` event is nested or flat; a failed response holds its error one level further down. */
function errorOf(data: JsonObject): JsonObject {
  if (isJsonObject(data.error)) return data.error
  if (isJsonObject(data.response) && isJsonObject(data.response.error)) return data.response.error
  return data
}

const quota = 'insufficient_quota'

/** Some clients read only `error`, others only `response.failed`: the provider sends both, in this order. */
function errorFrame(error: GatewayError, requestId: string, sequence: number): string {
  const body = renderErrorBody(error, 'openai', requestId).error as JsonObject
  const response = {
    id: `resp_${requestId}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'failed',
    // Clients that read nothing else stop at this word, and try again at others.
    error: { code: body.type === quota ? quota : body.code, message: body.message },
    incomplete_details: null,
    output: [],
    usage: null,
  }
  return (
    formatEvent({ type: 'error', sequence_number: sequence, error: body }, 'error') +
    formatEvent({ type: 'response.failed', sequence_number: sequence + 1, response }, 'response.failed')
  )
}
