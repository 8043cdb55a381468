import type { Delta } from '../conversation.ts'
import type { AnswerOptions } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { createAnswerToolFilter } from './answer-tool.ts'
import { createMessageParser } from './message-parser.ts'

/** A whole Messages answer as the deltas its stream would have had. */
export function parseMessagesAnswer(body: JsonObject, options: AnswerOptions = {}): readonly Delta[] {
  const message = createMessageParser()
  const deltas = [
    ...message.push({ type: 'message_start', message: body }),
    ...message.push({ type: 'message_stop' }),
  ]
  return options.answerTool === undefined
    ? deltas
    : deltas.flatMap(createAnswerToolFilter(options.answerTool))
}
