import type { FinishDelta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import type { AnswerSources } from './answer-sources.ts'
import { renderFinishReason } from './finish-reasons.ts'

/** The members with which a candidate ends. */
export function renderFinish(finish: FinishDelta | undefined, sources: AnswerSources): JsonObject {
  const groundingMetadata = sources.render()
  return {
    finishReason: renderFinishReason(finish?.reason ?? 'stop'),
    ...(finish?.refusal === undefined ? {} : { finishMessage: finish.refusal }),
    ...(groundingMetadata === undefined ? {} : { groundingMetadata }),
  }
}
