import type { FinishDelta, FinishReason } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import type { AnswerBlocks } from './answer-blocks.ts'

const stopReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
}

/** Why the answer ended, as a message and a `message_delta` have it. */
export function renderOutcome(finish: FinishDelta | undefined, blocks: AnswerBlocks): JsonObject {
  const sequence = finish?.stopSequence
  const reason = stopReason(finish, blocks)
  const refusal = { type: 'refusal', category: null, explanation: finish?.refusal ?? null }
  return {
    stop_reason: reason,
    stop_sequence: sequence ?? null,
    stop_details: reason === 'refusal' ? refusal : null,
    container: null,
  }
}

/** Several servers call a tool and say that they have merely stopped, upon which no client would run the tool. */
function stopReason(finish: FinishDelta | undefined, blocks: AnswerBlocks): string {
  if (blocks.refused()) return 'refusal'
  if (finish?.reason !== 'stop') return stopReasons[finish?.reason ?? 'stop']
  if (finish.stopSequence !== undefined) return 'stop_sequence'
  return blocks.called() ? 'tool_use' : 'end_turn'
}
