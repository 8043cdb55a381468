import type { Delta } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import {
  type ChatDelta,
  createChatDeltas,
  renderChatUsage,
  renderFinishReason,
  type ToolCallDelta,
} from './answer-deltas.ts'

/** Hub deltas as one `chat.completion`. */
export function renderChatAnswer(deltas: readonly Delta[], context: AnswerContext): JsonObject {
  const chatDeltas = createChatDeltas()
  const pieces = deltas.map(chatDeltas).filter((piece) => piece !== undefined)
  const start = deltas.find((delta) => delta.type === 'start')
  const finish = deltas.findLast((delta) => delta.type === 'finish')
  const choice = {
    index: 0,
    message: renderMessage(pieces),
    logprobs: null,
    finish_reason: renderFinishReason(finish?.reason ?? 'stop'),
  }
  return {
    id: start?.id || context.requestId,
    object: 'chat.completion',
    created: context.created,
    model: start?.model || context.model,
    choices: [choice],
    ...(finish?.usage === undefined ? {} : { usage: renderChatUsage(finish.usage) }),
  }
}

function renderMessage(pieces: readonly ChatDelta[]): JsonObject {
  const reasoning = joined(pieces, 'reasoning_content')
  const thinking = pieces.flatMap((piece) => piece.thinking_blocks ?? [])
  const annotations = pieces.flatMap((piece) => piece.annotations ?? [])
  const calls = joinCalls(pieces.flatMap((piece) => piece.tool_calls ?? []))
  return {
    role: 'assistant',
    content: joined(pieces, 'content') || null,
    refusal: joined(pieces, 'refusal') || null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(thinking.length === 0 ? {} : { thinking_blocks: thinking }),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
}

function joined(pieces: readonly ChatDelta[], member: 'content' | 'refusal' | 'reasoning_content'): string {
  return pieces.map((piece) => piece[member] ?? '').join('')
}

/** A call is its first piece, which names it, with the arguments of all its pieces. */
function joinCalls(pieces: readonly ToolCallDelta[]): readonly JsonObject[] {
  const named = pieces.filter((piece) => piece.id !== undefined)
  return named.map(({ index, id, function: { name } }) => {
    const parts = pieces.filter((piece) => piece.index === index)
    const json = parts.map((piece) => piece.function.arguments).join('')
    return { id, type: 'function', function: { name, arguments: json } }
  })
}
