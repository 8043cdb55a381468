import type { Delta } from '../delta.ts'
import type { StreamParser } from '../dialect.ts'
import { eventData } from '../sse.ts'
import { createAnswerParser } from './answer-parser.ts'

const unreadable = { error: { message: 'The provider sent an event that is no JSON object.' } }

const none: readonly Delta[] = []

/**
 * Chunks of a Chat Completions stream as hub deltas. The finish comes with `[DONE]` or, from servers that leave it
 * out, with the end of a stream whose last choice has a finish reason.
 */
export function createChatStreamParser(): StreamParser {
  const answer = createAnswerParser()
  return {
    push(event) {
      const data = eventData(event)
      if (data !== undefined)
        return answer.push(event.event === 'error' ? { error: data.error ?? data } : data)
      const text = event.data.trim()
      if (text === '[DONE]') return answer.done()
      return text === '' ? none : answer.push(unreadable)
    },
    end: () => (answer.isComplete ? answer.done() : []),
  }
}
