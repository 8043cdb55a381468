import type { Delta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { createAnswerParser } from './answer-parser.ts'

/** A whole answer as the deltas its stream would have had; undefined when it is none of this dialect's. */
export function parseGeminiAnswer(body: JsonObject): readonly Delta[] | undefined {
  if (!Array.isArray(body.candidates) && !isJsonObject(body.promptFeedback)) return undefined
  const answer = createAnswerParser()
  return [...answer.push(body), ...answer.end()]
}
