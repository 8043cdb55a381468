import type { Delta } from '../delta.ts'
import type { StreamParser } from '../dialect.ts'
import { createRepeatedText, type TextEvents } from '../repeated-text.ts'
import { eventData } from '../sse.ts'
import { unreadableEvent } from '../stream-failures.ts'
import { createAnswerParser } from './answer-parser.ts'

const unreadable = { error: { message: unreadableEvent.message } }

/** OpenAI pads its events, so that their sizes tell nothing. */
const textEvents: TextEvents = {
  before: /"content"\s*:\s*$/,
  changing: /(?<="obfuscation"\s*:\s*")[^"\\]*/,
}

const none: readonly Delta[] = []

/**
 * Chunks of a Chat Completions stream as hub deltas. The finish comes with `[DONE]` or, from servers that leave it
 * out, with the end of a stream whose last choice has a finish reason.
 */
export function createChatStreamParser(): StreamParser {
  const answer = createAnswerParser()
  const repeated = createRepeatedText(textEvents)
  return {
    push(event) {
      const more = event.event === 'error' ? undefined : repeated.read(event.data)
      if (more !== undefined) return answer.more(more.text)
      const data = eventData(event)
      if (data !== undefined) {
        const deltas = answer.push(event.event === 'error' ? { error: data.error ?? data } : data)
        repeated.learn(event.data, deltas)
        return deltas
      }
      const text = event.data.trim()
      if (text === '[DONE]') return answer.done()
      return text === '' ? none : answer.push(unreadable)
    },
    end: () => (answer.isComplete ? answer.done() : []),
  }
}
