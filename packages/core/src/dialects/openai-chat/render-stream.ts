import type { Delta, FinishDelta } from '../delta.ts'
import type { AnswerContext, StreamRenderer } from '../dialect.ts'
import { formatEvent } from '../sse.ts'
import { type ChatDelta, createChatDeltas } from './answer-deltas.ts'
import { renderChatUsage, renderFinishReason, renderServiceTier } from './answer-end.ts'

/**
 * Hub deltas as Chat Completions chunks. `[DONE]` is said after a finish only: an error frame, or the end of
 * a stream that broke off, must not look like one.
 */
export function createChatStreamRenderer(context: AnswerContext): StreamRenderer {
  const chatDeltas = createChatDeltas(context)
  let head = headOf(context.requestId, context)
  const usage = context.includeUsage ? ',"usage":null' : ''

  const plainTail = tailOf('null', null)

  function tailOf(logprobs: string, finishReason: string | null): string {
    return `,"logprobs":${logprobs},"finish_reason":${JSON.stringify(finishReason)}}]${usage}}\n\n`
  }

  /** @param tail What follows the piece, where that is not what nearly always does. */
  function chunk(delta: ChatDelta, tail = plainTail): string {
    return `data: ${head},"choices":[{"index":0,"delta":${JSON.stringify(delta)}${tail}`
  }

  function finish(delta: FinishDelta): string {
    const { service_tier: tier } = renderServiceTier(delta)
    if (tier !== undefined) head += `,"service_tier":${JSON.stringify(tier)}`
    const counted = context.includeUsage && delta.usage !== undefined
    const last = counted
      ? `data: ${head},"choices":[],"usage":${JSON.stringify(renderChatUsage(delta.usage))}}\n\n`
      : ''
    return `${chunk({}, tailOf('null', renderFinishReason(delta.reason)))}${last}data: [DONE]\n\n`
  }

  function logprobsTail(delta: Delta, { refusal }: ChatDelta): string | undefined {
    if (delta.type !== 'text' || delta.logprobs === undefined) return undefined
    const list = JSON.stringify(delta.logprobs)
    const told =
      refusal === undefined ? `"content":${list},"refusal":null` : `"content":null,"refusal":${list}`
    return tailOf(`{${told}}`, null)
  }

  return {
    push(delta) {
      if (delta.type === 'error') return errorFrame(delta)
      if (delta.type === 'start')
        head = headOf(delta.id || context.requestId, { ...context, model: delta.model || context.model })
      const piece = chatDeltas(delta)
      const text = piece === undefined ? '' : chunk(piece, logprobsTail(delta, piece))
      return delta.type === 'finish' ? text + finish(delta) : text
    },
  }
}

/** What all chunks begin with, written once: the JSON object is left open. */
function headOf(id: string, { created, model }: AnswerContext): string {
  return JSON.stringify({ id, object: 'chat.completion.chunk', created, model }).slice(0, -1)
}

function errorFrame({ kind, message }: Extract<Delta, { type: 'error' }>): string {
  return formatEvent({ error: { message, type: 'server_error', param: null, code: kind } })
}
