import type { Delta } from '../delta.ts'
import type { StreamParser } from '../dialect.ts'
import { eventData } from '../sse.ts'
import { createAnswerParser } from './answer-parser.ts'

const unreadable: Delta = {
  type: 'error',
  kind: 'upstream_error',
  message: 'The provider sent an event that is no JSON object.',
}

/** Events of a `streamGenerateContent?alt=sse` stream as hub deltas. */
export function createGeminiStreamParser(): StreamParser {
  const answer = createAnswerParser()
  let broken = false
  return {
    push(event) {
      // Some compatible servers close with the marker of another dialect.
      if (broken || event.data.trim() === '[DONE]') return []
      const data = eventData(event)
      if (data !== undefined) return answer.push(data)
      broken = true
      return [unreadable]
    },
    end: () => (broken ? [] : answer.end()),
  }
}
