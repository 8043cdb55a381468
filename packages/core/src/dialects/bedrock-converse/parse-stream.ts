import type { Delta } from '../delta.ts'
import type { StreamEvent, StreamParser } from '../dialect.ts'
import { eventData } from '../sse.ts'
import { providersFailure } from '../stream-failures.ts'
import { createAnswerParser } from './answer-parser.ts'
import { exceptionIn } from './wire.ts'

/**
 * Events of a Converse stream as hub deltas. The finish comes with the usage or, where none came, with the end of a
 * stream that had said why it stopped.
 */
export function createConverseStreamParser(): StreamParser {
  const answer = createAnswerParser()
  let hasFailed = false
  return {
    push(event) {
      if (hasFailed) return []
      const type = exceptionIn(event)
      if (type === undefined) return answer.push(event.event, eventData(event) ?? {})
      hasFailed = true
      return [failure(type, event)]
    },
    end: () => (hasFailed ? [] : answer.end()),
  }
}

/** What went wrong, in words that clients know. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['throttlingException', 'rate_limit_error'],
  ['validationException', 'invalid_request_error'],
  ['serviceUnavailableException', 'overloaded_error'],
])

function failure(type: string, event: StreamEvent): Delta {
  const message = eventData(event)?.message
  return providersFailure(kinds.get(type) ?? 'upstream_error', message === '' ? undefined : message)
}
