import type { Delta } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { type ChatDelta, createChatDeltas, type ToolCallDelta } from './answer-deltas.ts'
import { renderChatUsage, renderFinishReason, renderServiceTier } from './answer-end.ts'
import { joinAudio } from './answer-media.ts'

/** Hub deltas as one `chat.completion`. */
export function renderChatAnswer(deltas: readonly Delta[], context: AnswerContext): JsonObject {
  const chatDeltas = createChatDeltas(context)
  const pieces = deltas.map(chatDeltas).filter((piece) => piece !== undefined)
  const start = deltas.find((delta) => delta.type === 'start')
  const finish = deltas.findLast((delta) => delta.type === 'finish')
  const choice = {
    index: 0,
    message: renderMessage(pieces),
    logprobs: renderLogprobs(deltas),
    finish_reason: renderFinishReason(finish?.reason ?? 'stop'),
  }
  return {
    id: start?.id || context.requestId,
    object: 'chat.completion',
    created: context.created,
    model: start?.model || context.model,
    choices: [choice],
    ...(finish === undefined ? {} : renderServiceTier(finish)),
    ...(finish?.usage === undefined ? {} : { usage: renderChatUsage(finish.usage) }),
  }
}

function renderMessage(pieces: readonly ChatDelta[]): JsonObject {
  const reasoning = joined(pieces, 'reasoning_content')
  const thinking = pieces.findLast((piece) => piece.thinking_blocks !== undefined)?.thinking_blocks ?? []
  const annotations = pieces.flatMap((piece) => piece.annotations ?? [])
  const audio = joinAudio(pieces.flatMap((piece) => piece.audio ?? []))
  const images = pieces.flatMap((piece) => piece.images ?? [])
  const calls = joinCalls(pieces.flatMap((piece) => piece.tool_calls ?? []))
  return {
    role: 'assistant',
    content: joined(pieces, 'content') || null,
    refusal: joined(pieces, 'refusal') || null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(thinking.length === 0 ? {} : { thinking_blocks: thinking }),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(audio === undefined ? {} : { audio }),
    ...(images.length === 0 ? {} : { images }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
}

function joined(pieces: readonly ChatDelta[], member: 'content' | 'refusal' | 'reasoning_content'): string {
  return pieces.map((piece) => piece[member] ?? '').join('')
}

/** A call is its first piece, which names it, with the arguments of all its pieces. */
function joinCalls(pieces: readonly ToolCallDelta[]): readonly JsonObject[] {
  const named = pieces.filter((piece) => piece.id !== undefined)
  return named.map(({ index, ...call }) => {
    const parts = pieces.filter((piece) => piece.index === index)
    const text = parts.map((piece) => piece.function?.arguments ?? piece.custom?.input ?? '').join('')
    if (call.custom !== undefined) return { ...call, custom: { ...call.custom, input: text } }
    return { ...call, function: { ...call.function, arguments: text } }
  })
}

function renderLogprobs(deltas: readonly Delta[]): JsonObject | null {
  const refusals = new Set(
    deltas.flatMap((delta) => (delta.type === 'text-start' && delta.refusal ? [delta.index] : [])),
  )
  const told = deltas.filter((delta) => delta.type === 'text' && delta.logprobs !== undefined)
  const of = (isRefusal: boolean) => {
    const list = told.flatMap((delta) =>
      delta.type === 'text' && refusals.has(delta.index) === isRefusal ? (delta.logprobs ?? []) : [],
    )
    return list.length === 0 ? null : list
  }
  return told.length === 0 ? null : { content: of(false), refusal: of(true) }
}
