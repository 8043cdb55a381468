import type { Delta, FinishReason } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { viewUsage } from '../usage-view.ts'
import { createAnswerBlocks } from './answer-blocks.ts'
import { createMessageReader } from './answer-message.ts'
import { parseChatError } from './parse-error.ts'
import { createChatUsageReader } from './usage.ts'

const finishReasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
  ['safety', 'content-filter'],
])

/** Reasons of compatible servers that tell of a failure. */
const failures: ReadonlyMap<unknown, Delta> = new Map([
  ['error', parseChatError(undefined)],
  [
    'insufficient_system_resource',
    { type: 'error', kind: 'upstream_overloaded', message: 'The provider is overloaded.' },
  ],
])

/** Chunks of one answer in, hub deltas out. */
export interface AnswerParser {
  push(chunk: JsonObject): readonly Delta[]
  /** A chunk that only goes on with the text of the last one. */
  more(text: string): readonly Delta[]
  /** The end that the server itself declared. */
  done(): readonly Delta[]
  /** Whether it may be called the end when nothing more comes. */
  readonly isComplete: boolean
}

const none: readonly Delta[] = []

/**
 * The finish comes with `done` and not with the finish reason, because usage follows that. What else follows it is
 * none of the answer's. Choices beyond the first have no place in the hub.
 */
export function createAnswerParser(): AnswerParser {
  const usage = createChatUsageReader({})
  const blocks = createAnswerBlocks()
  let id = ''
  let isStarted = false
  let hasEnded = false
  let reason: unknown
  let serviceTier: string | undefined
  const message = createMessageReader(blocks, () => id)

  function start(chunk: JsonObject): readonly Delta[] {
    isStarted = true
    id = typeof chunk.id === 'string' ? chunk.id : ''
    const view = viewUsage(usage.result())
    const model = typeof chunk.model === 'string' ? chunk.model : ''
    return [{ type: 'start', id, model, ...(view === undefined ? {} : { usage: view }) }]
  }

  function take(choice: JsonObject): readonly Delta[] {
    if (reason !== undefined) return none
    const piece = isJsonObject(choice.delta) ? choice.delta : choice.message
    if (isJsonObject(piece)) message.push(piece, choice.logprobs)
    const { finish_reason: given } = choice
    if (typeof given !== 'string' || given === '') return blocks.take()
    reason = given
    message.finish()
    const failure = isJsonObject(choice.error) ? parseChatError(choice.error) : failures.get(given)
    return failure === undefined ? blocks.take() : [...blocks.take(), fail(failure)]
  }

  function fail(error: Delta): Delta {
    hasEnded = true
    return error
  }

  function finish(): readonly Delta[] {
    const opening = isStarted ? none : start({})
    message.finish()
    hasEnded = true
    const known = finishReasons.get(typeof reason === 'string' ? reason.toLowerCase() : reason) ?? 'stop'
    const view = viewUsage(usage.result())
    const finished: Delta = {
      type: 'finish',
      // Several servers say that they stopped although they call tools.
      reason: known === 'stop' && message.hasCalls ? 'tool-calls' : known,
      ...(view === undefined ? {} : { usage: view }),
      ...(serviceTier === undefined ? {} : { serviceTier }),
    }
    return [...opening, ...blocks.take(), finished]
  }

  function push(chunk: JsonObject): readonly Delta[] {
    const { choices, service_tier: tier } = chunk
    const error = chunk.object === 'error' ? chunk : chunk.error
    usage.read(chunk)
    if (error !== undefined && error !== null) return [...blocks.take(), fail(parseChatError(error))]
    if (typeof tier === 'string') serviceTier = tier
    const choice = Array.isArray(choices) ? choices.find(isFirst) : undefined
    if (choice === undefined) return none
    return isStarted ? take(choice) : [...start(chunk), ...take(choice)]
  }

  return {
    push: (chunk) => (hasEnded ? none : push(chunk)),
    more(text) {
      blocks.text('text', text)
      return blocks.take()
    },
    done: () => (hasEnded ? none : finish()),
    get isComplete() {
      return reason !== undefined && !hasEnded
    },
  }
}

function isFirst(choice: unknown): choice is JsonObject {
  return isJsonObject(choice) && (choice.index ?? 0) === 0
}
