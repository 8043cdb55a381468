import type { Delta } from '../delta.ts'
import type { StreamParser } from '../dialect.ts'
import { eventData } from '../sse.ts'
import { createResponseParser } from './response-parser.ts'

const unreadable: Delta = {
  type: 'error',
  kind: 'upstream_error',
  message: 'The provider sent an event that is no JSON object.',
}

/**
 * Events of a Responses stream as hub deltas. The finish comes with the event that ends the response and not before,
 * so that a stream which breaks off never looks finished.
 */
export function createResponsesStreamParser(): StreamParser {
  const response = createResponseParser()
  let isBroken = false
  return {
    push(event) {
      if (isBroken || event.data === '[DONE]') return []
      const data = eventData(event)
      isBroken = data === undefined
      if (data === undefined) return [unreadable]
      return response.push(typeof data.type === 'string' ? data.type : (event.event ?? ''), data)
    },
  }
}
