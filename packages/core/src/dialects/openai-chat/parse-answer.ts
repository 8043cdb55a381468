import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { createAnswerParser } from './answer-parser.ts'

/** A whole `chat.completion` as the deltas its stream would have had; undefined when it is none. */
export function parseChatAnswer(body: JsonObject): readonly Delta[] | undefined {
  if (!Array.isArray(body.choices)) return undefined
  const answer = createAnswerParser()
  return [...answer.push(body), ...answer.done()]
}
