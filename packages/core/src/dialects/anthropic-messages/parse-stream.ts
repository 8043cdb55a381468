import type { Delta } from '../conversation.ts'
import type { AnswerOptions, StreamParser } from '../dialect.ts'
import { eventData } from '../sse.ts'
import { createAnswerToolFilter } from './answer-tool.ts'
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
export function createMessagesStreamParser(options: AnswerOptions = {}): StreamParser {
  const message = createMessageParser()
  const filter = options.answerTool === undefined ? undefined : createAnswerToolFilter(options.answerTool)
  return {
    push(event) {
      if (event.data.trim() === '[DONE]') return []
      const data = eventData(event)
      const deltas = data === undefined ? [unreadable] : message.push(data)
      return filter === undefined ? deltas : deltas.flatMap(filter)
    },
  }
}
