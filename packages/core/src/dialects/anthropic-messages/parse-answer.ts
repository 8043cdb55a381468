import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { createMessageParser } from './message-parser.ts'

/** A whole Messages answer as the deltas its stream would have had; undefined when it is no message. */
export function parseMessagesAnswer(body: JsonObject): readonly Delta[] | undefined {
  if (!Array.isArray(body.content)) return undefined
  const message = createMessageParser()
  return [
    ...message.push({ type: 'message_start', message: body }),
    ...message.push({ type: 'message_stop' }),
  ]
}
