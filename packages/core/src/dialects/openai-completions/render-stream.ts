import type { Delta } from '../delta.ts'
import type { AnswerContext, StreamRenderer } from '../dialect.ts'
import { renderChatUsage } from '../openai-chat/answer-end.ts'
import { formatEvent } from '../sse.ts'
import { completionFinish } from './completion.ts'

/** Hub deltas as `text_completion` chunks. */
export function createCompletionsStreamRenderer(context: AnswerContext): StreamRenderer {
  let head = headOf(context.requestId, context.model, context.created)
  const usage = context.includeUsage ? ',"usage":null' : ''

  function chunk(text: string, finishReason: string | null): string {
    const choice = `{"text":${JSON.stringify(text)},"index":0,"logprobs":null,"finish_reason":${JSON.stringify(finishReason)}}`
    return `data: ${head},"choices":[${choice}]${usage}}\n\n`
  }

  function finish(delta: Extract<Delta, { type: 'finish' }>): string {
    const counted = context.includeUsage && delta.usage !== undefined
    const last = counted
      ? `data: ${head},"choices":[],"usage":${JSON.stringify(renderChatUsage(delta.usage))}}\n\n`
      : ''
    return `${chunk('', completionFinish(delta))}${last}data: [DONE]\n\n`
  }

  return {
    push(delta) {
      switch (delta.type) {
        case 'start':
          head = headOf(delta.id || context.requestId, delta.model || context.model, context.created)
          return ''
        case 'text':
          return chunk(delta.text, null)
        case 'finish':
          return finish(delta)
        case 'error':
          return formatEvent({
            error: { message: delta.message, type: 'server_error', param: null, code: delta.kind },
          })
        default:
          return ''
      }
    },
  }
}

/** What all chunks begin with, written once: the JSON object is left open. */
function headOf(id: string, model: string, created: number): string {
  return JSON.stringify({ id, object: 'text_completion', created, model }).slice(0, -1)
}
