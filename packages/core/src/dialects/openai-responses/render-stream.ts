import type { Delta } from '../delta.ts'
import type { AnswerContext, StreamRenderer } from '../dialect.ts'
import { createEventWriter, type EventWriter } from './answer-events.ts'
import { type AnswerOutput, createAnswerOutput } from './answer-output.ts'
import {
  echoOf,
  endedState,
  identify,
  type ResponseIdentity,
  type ResponseState,
  responseMembers,
} from './answer-response.ts'
import { namespacedNames } from './namespaces.ts'

/**
 * Hub deltas as events of Responses. A finish is told as `response.completed` or `response.incomplete`; an error as
 * `error`, which the official client throws, and as `response.failed`, which other clients wait for.
 */
export function createResponsesStreamRenderer(context: AnswerContext): StreamRenderer {
  const writer = createEventWriter()
  const lifecycle = createLifecycle(writer, context)
  let answer = begin(undefined)

  function begin(start: Extract<Delta, { type: 'start' }> | undefined): Answer {
    const identity = identify(start, context)
    return { identity, output: outputOf(writer, identity, context) }
  }

  function start(delta: Extract<Delta, { type: 'start' }>): string {
    answer = begin(delta)
    const state = { status: 'in_progress', output: [] } as const
    return (
      lifecycle('response.created', answer.identity, state) +
      lifecycle('response.in_progress', answer.identity, state)
    )
  }

  function finish(delta: Extract<Delta, { type: 'finish' }>): string {
    const { identity, output } = answer
    const last = output.push(delta)
    const state = endedState(delta, output.items)
    return last + lifecycle(`response.${state.status}`, identity, state)
  }

  function fail({ kind: code, message }: Extract<Delta, { type: 'error' }>): string {
    const error = { code, message }
    return (
      writer.event('error', { error: { type: 'server_error', ...error, param: null } }) +
      lifecycle('response.failed', answer.identity, { status: 'failed', error, output: answer.output.items })
    )
  }

  return {
    nextSequence: writer.next,
    push(delta) {
      if (delta.type === 'start') return start(delta)
      if (delta.type === 'finish') return finish(delta)
      return delta.type === 'error' ? fail(delta) : answer.output.push(delta)
    },
  }
}

interface Answer {
  readonly identity: ResponseIdentity
  readonly output: AnswerOutput
}

/** The items of an answer, whose ids are made from the answer's own. */
export function outputOf(
  writer: EventWriter,
  { id }: ResponseIdentity,
  context: AnswerContext,
): AnswerOutput {
  let namespaces: ReturnType<typeof namespacedNames> | undefined
  return createAnswerOutput({
    writer,
    name: id.slice('resp_'.length),
    namespaces: () => {
      namespaces ??= namespacedNames(context.request())
      return namespaces
    },
  })
}

/** Events that hold the whole response. What it repeats from its request is made into text once. */
function createLifecycle(writer: EventWriter, context: AnswerContext) {
  let echo: string | undefined
  return (type: string, identity: ResponseIdentity, state: ResponseState): string => {
    echo ??= JSON.stringify(echoOf(context.request())).slice(1)
    const members = JSON.stringify(responseMembers(identity, state, context.created)).slice(0, -1)
    return writer.write(`event: ${type}\ndata: {"type":"${type}","response":${members},${echo}`)
  }
}
