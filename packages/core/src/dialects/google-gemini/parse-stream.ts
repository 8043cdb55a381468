import type { StreamEvent, StreamParser } from '../dialect.ts'
import { createRepeatedText, type TextEvents } from '../repeated-text.ts'
import { eventData } from '../sse.ts'
import { unreadableEvent } from '../stream-failures.ts'
import { createAnswerParser } from './answer-parser.ts'

/** Each has its own counts. */
const textEvents: TextEvents = {
  before: /"text"\s*:\s*$/,
  changing: /(?<="(?:candidates|thoughts|total)TokenCount"\s*:\s*)\d+/,
}

/** Events of a `streamGenerateContent?alt=sse` stream as hub deltas. */
export function createGeminiStreamParser(): StreamParser {
  const answer = createAnswerParser()
  const repeated = createRepeatedText(textEvents)
  let broken = false
  /** The last event whose counts have not been read: each counts the whole answer so far. */
  let uncounted: StreamEvent | undefined
  const recount = () => {
    if (uncounted !== undefined) answer.count(eventData(uncounted) ?? {})
    uncounted = undefined
  }
  return {
    push(event) {
      if (broken) return []
      const more = repeated.read(event.data)
      if (more !== undefined) {
        uncounted = event
        return answer.more(more.text)
      }
      recount()
      const data = eventData(event)
      if (data !== undefined) {
        const deltas = answer.push(data)
        repeated.learn(event.data, deltas)
        return deltas
      }
      // Some compatible servers close with the marker of another dialect.
      broken = event.data.trim() !== '[DONE]'
      return broken ? [unreadableEvent] : []
    },
    end() {
      recount()
      return broken ? [] : answer.end()
    },
  }
}
