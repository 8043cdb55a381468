import { renderErrorBody } from '../../errors/render.ts'
import type { Dialect, StreamWire } from '../dialect.ts'
import { eventType, formatEvent } from '../sse.ts'
import { openaiResponses } from './openai-responses.ts'
import { responsesWire } from './wire.ts'

/**
 * Streams that a client may take up again behind the last number it saw: no event of the gateway's own takes a number,
 * and none says that the response has failed because a connection has.
 */
const resumableWire: StreamWire = {
  ...responsesWire,
  isTerminal: (event) => responsesWire.isTerminal(event) || eventType(event) === 'response.cancelled',
  heartbeat: () => ': keepalive\n\n',
  errorFrame: (error, requestId, sequence) =>
    formatEvent(
      {
        type: 'error',
        sequence_number: sequence - 1,
        error: renderErrorBody(error, 'openai', requestId).error,
      },
      'error',
    ),
}

/** Responses that are made in the background, or read again. */
export const resumableResponses: Dialect = { ...openaiResponses, wire: resumableWire }
