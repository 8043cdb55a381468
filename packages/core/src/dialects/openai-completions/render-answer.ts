import type { Delta } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { renderChatUsage } from '../openai-chat/answer-end.ts'
import { completionFinish } from './completion.ts'

/** Hub deltas as one `text_completion`. */
export function renderCompletionsAnswer(deltas: readonly Delta[], context: AnswerContext): JsonObject {
  const start = deltas.find((delta) => delta.type === 'start')
  const finish = deltas.findLast((delta) => delta.type === 'finish')
  const text = deltas.map((delta) => (delta.type === 'text' ? delta.text : '')).join('')
  const finish_reason = completionFinish(finish ?? { reason: 'stop' })
  return {
    id: start?.id || context.requestId,
    object: 'text_completion',
    created: context.created,
    model: start?.model || context.model,
    choices: [{ text, index: 0, logprobs: null, finish_reason }],
    ...(finish?.usage === undefined ? {} : { usage: renderChatUsage(finish.usage) }),
  }
}
