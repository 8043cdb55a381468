import type { Delta } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { createAnswerParts } from './answer-parts.ts'
import { createAnswerSources } from './answer-sources.ts'
import { renderLogprobs } from './logprobs.ts'
import { renderFinish } from './render-finish.ts'
import { renderUsageMetadata } from './render-usage.ts'

/** Hub deltas as one `GenerateContentResponse`. */
export function renderGeminiAnswer(deltas: readonly Delta[], context: AnswerContext): JsonObject {
  const sources = createAnswerSources()
  for (const delta of deltas) sources.take(delta)
  const start = deltas.find((delta) => delta.type === 'start')
  const finish = deltas.findLast((delta) => delta.type === 'finish')
  const candidate = {
    content: { parts: joinParts(deltas), role: 'model' },
    ...renderFinish(finish, sources),
    index: 0,
    ...allLogprobs(deltas),
  }
  return {
    candidates: [candidate],
    ...(finish?.usage === undefined ? {} : { usageMetadata: renderUsageMetadata(finish.usage) }),
    modelVersion: start?.model || context.model,
    responseId: start?.id || context.requestId,
  }
}

/** Pieces of one text are one part; what is signed is whole. */
function joinParts(deltas: readonly Delta[]): readonly JsonObject[] {
  const parts: JsonObject[] = []
  const pieces = deltas.map(createAnswerParts()).filter((piece) => piece !== undefined)
  for (const piece of pieces) {
    const last = parts.at(-1)
    if (last !== undefined && goesOn(last, piece))
      parts.splice(-1, 1, { ...last, ...piece, text: `${last.text}${piece.text}` })
    else parts.push(piece)
  }
  // The official client does not keep a turn without any part.
  return parts.length === 0 ? [{ text: '' }] : parts
}

function goesOn(last: JsonObject, piece: JsonObject): boolean {
  const isText = typeof last.text === 'string' && typeof piece.text === 'string'
  return isText && last.thought === piece.thought && last.thoughtSignature === undefined
}

function allLogprobs(deltas: readonly Delta[]): JsonObject {
  const tokens = deltas.flatMap((delta) => (delta.type === 'text' ? (delta.logprobs ?? []) : []))
  return tokens.length === 0 ? {} : { logprobsResult: renderLogprobs(tokens) }
}
