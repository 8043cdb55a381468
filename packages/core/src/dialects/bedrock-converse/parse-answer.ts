import type { Delta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { createAnswerParser } from './answer-parser.ts'

/** A whole answer of Converse as the deltas its stream would have had; undefined when it is none. */
export function parseConverseAnswer(body: JsonObject): readonly Delta[] | undefined {
  const message = isJsonObject(body.output) ? body.output.message : undefined
  if (!isJsonObject(message) || !Array.isArray(message.content)) return undefined
  const answer = createAnswerParser()
  const blocks = message.content.filter(isJsonObject)
  return [
    ...answer.push('messageStart', message),
    ...blocks.flatMap((block, index) =>
      eventsOf(block, index).flatMap(([name, data]) =>
        answer.push(name, { ...data, contentBlockIndex: index }),
      ),
    ),
    ...answer.push('messageStop', body),
    ...answer.push('metadata', body),
  ]
}

type NamedEvent = readonly [string, JsonObject]

/** The events that the stream of one block would have had. */
function eventsOf(block: JsonObject, index: number): readonly NamedEvent[] {
  const stop: NamedEvent = ['contentBlockStop', { contentBlockIndex: index }]
  const piece = (delta: JsonObject): NamedEvent => ['contentBlockDelta', { delta }]
  const { text, toolUse, reasoningContent, citationsContent } = block
  if (typeof text === 'string') return [piece({ text }), stop]
  if (isJsonObject(toolUse)) {
    const input = JSON.stringify(toolUse.input ?? {})
    return [['contentBlockStart', { start: { toolUse } }], piece({ toolUse: { input } }), stop]
  }
  if (isJsonObject(reasoningContent)) return [piece({ reasoningContent: flat(reasoningContent) }), stop]
  return isJsonObject(citationsContent) ? [...cited(citationsContent).map(piece), stop] : []
}

/** In a stream text and signature are not wrapped once more. */
function flat({ reasoningText, redactedContent }: JsonObject): JsonObject {
  return isJsonObject(reasoningText) ? reasoningText : { redactedContent }
}

function cited({ content, citations }: JsonObject): readonly JsonObject[] {
  const texts = (Array.isArray(content) ? content : []).filter(isJsonObject)
  const sources = (Array.isArray(citations) ? citations : []).filter(isJsonObject)
  return [...texts.map(({ text }) => ({ text })), ...sources.map((citation) => ({ citation }))]
}
