import type { Delta } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { silentWriter } from './answer-events.ts'
import { echoOf, endedState, identify, type ResponseState, responseMembers } from './answer-response.ts'
import { outputOf } from './render-stream.ts'

/** Hub deltas as one response object: the one that ends their stream. */
export function renderResponsesAnswer(deltas: readonly Delta[], context: AnswerContext): JsonObject {
  const identity = identify(
    deltas.find((delta) => delta.type === 'start'),
    context,
  )
  const output = outputOf(silentWriter, identity, context)
  for (const delta of deltas) output.push(delta)
  const state = stateOf(deltas, output.items)
  return { ...responseMembers(identity, state, context.created), ...echoOf(context.request()) }
}

function stateOf(deltas: readonly Delta[], output: readonly JsonObject[]): ResponseState {
  const finish = deltas.findLast((delta) => delta.type === 'finish')
  if (finish !== undefined) return endedState(finish, output)
  const failure = deltas.findLast((delta) => delta.type === 'error')
  if (failure === undefined) return endedState({ type: 'finish', reason: 'stop' }, output)
  return { status: 'failed', error: { code: failure.kind, message: failure.message }, output }
}
