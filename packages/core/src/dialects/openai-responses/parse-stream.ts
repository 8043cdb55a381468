import type { StreamEvent, StreamParser } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { createRepeatedText, type TextEvents } from '../repeated-text.ts'
import { eventData } from '../sse.ts'
import { unreadableEvent } from '../stream-failures.ts'
import { createResponseParser } from './response-parser.ts'

/** OpenAI pads its events, so that their sizes tell nothing. */
const textEvents: TextEvents = {
  before: /"delta"\s*:\s*$/,
  changing: /(?<="sequence_number"\s*:\s*)\d+|(?<="obfuscation"\s*:\s*")[^"\\]*/,
}

/**
 * Events of a Responses stream as hub deltas. The finish comes with the event that ends the response and not before,
 * so that a stream which breaks off never looks finished.
 */
export function createResponsesStreamParser(): StreamParser {
  const response = createResponseParser()
  const repeated = createRepeatedText(textEvents)
  let isBroken = false
  /** What {@link repeated} has learnt. */
  let last: JsonObject = {}
  const push = (event: StreamEvent, data: JsonObject) =>
    response.push(typeof data.type === 'string' ? data.type : (event.event ?? ''), data)
  return {
    push(event) {
      if (isBroken) return []
      const more = repeated.read(event.data)
      if (more !== undefined) return push(event, moreText(last, more.text))
      const data = eventData(event)
      isBroken = data === undefined && event.data !== '[DONE]'
      if (data === undefined) return isBroken ? [unreadableEvent] : []
      last = data
      const deltas = push(event, data)
      repeated.learn(event.data, deltas)
      return deltas
    },
  }
}

/** An event like this one, as far as it is read. */
function moreText({ type, output_index, item_id, content_index }: JsonObject, delta: string): JsonObject {
  return { type, output_index, item_id, content_index, delta }
}
