import type { Delta } from '../delta.ts'
import type { StreamParser } from '../dialect.ts'
import { eventData } from '../sse.ts'
import { createMessageParser } from './message-parser.ts'

const unreadable: Delta = {
  type: 'error',
  kind: 'upstream_error',
  message: 'The provider sent an event that is no JSON object.',
}

/**
 * Events of a Messages stream as hub deltas. The finish comes with `message_stop` and not before, so that a
 * stream which breaks off never looks finished.
 */
export function createMessagesStreamParser(): StreamParser {
  const message = createMessageParser()
  return {
    push(event) {
      if (event.data.trim() === '[DONE]') return []
      const data = eventData(event)
      return data === undefined ? [unreadable] : message.push(data)
    },
  }
}
