import type { StreamParser } from '../dialect.ts'
import { createRepeatedText, type TextEvents } from '../repeated-text.ts'
import { eventData } from '../sse.ts'
import { unreadableEvent } from '../stream-failures.ts'
import { createMessageParser } from './message-parser.ts'

const textEvents: TextEvents = { before: /"text"\s*:\s*$/ }

/**
 * Events of a Messages stream as hub deltas. The finish comes with `message_stop` and not before, so that a
 * stream which breaks off never looks finished.
 */
export function createMessagesStreamParser(): StreamParser {
  const message = createMessageParser()
  const repeated = createRepeatedText(textEvents)
  return {
    push(event) {
      const more = repeated.read(event.data)
      if (more !== undefined) return [more]
      const data = eventData(event)
      if (data === undefined) return event.data.trim() === '[DONE]' ? [] : [unreadableEvent]
      const deltas = message.push(data)
      repeated.learn(event.data, deltas)
      return deltas
    },
  }
}
