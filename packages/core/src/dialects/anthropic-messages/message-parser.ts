import type { Delta, FinishReason } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { viewUsage } from '../usage-view.ts'
import { type BlockParser, createBlockParser, hasPlace } from './parse-blocks.ts'
import { parseMessagesError } from './parse-error.ts'
import { createMessagesUsageReader } from './usage.ts'

const restarted: Delta = {
  type: 'error',
  kind: 'upstream_error',
  message: 'The provider began its answer again after a tool call had been delivered.',
}

const finishReasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'content-filter'],
])

/** Events of one message in, hub deltas out. */
export interface MessageParser {
  push(event: JsonObject): readonly Delta[]
}

/**
 * The finish comes with `message_stop` and not before, so that a stream which breaks off never looks
 * finished. What follows it, or an error, is not this message's.
 */
export function createMessageParser(): MessageParser {
  const usage = createMessagesUsageReader({})
  /** Open blocks by the provider's index, which also counts blocks that have no place in the hub. */
  const open = new Map<unknown, BlockParser>()
  let next = 0
  let started = false
  let ended = false
  let called = false
  let outcome: JsonObject = {}

  function startMessage(event: JsonObject): readonly Delta[] {
    if (!isJsonObject(event.message)) return []
    if (started) return restartMessage(event.message)
    started = true
    const { id, model } = event.message
    usage.read(event)
    const view = viewUsage(usage.result())
    const start: Delta = {
      type: 'start',
      id: String(id ?? ''),
      model: String(model ?? ''),
      ...(view === undefined ? {} : { usage: view }),
    }
    return [start, ...takeContent(event.message)]
  }

  /** Some servers repeat the start or begin again within an answer; a delivered call cannot be taken back. */
  function restartMessage(message: JsonObject): readonly Delta[] {
    if (called) return fail(restarted)
    return [...stopAll(), ...takeContent(message)]
  }

  function takeContent(message: JsonObject): readonly Delta[] {
    if (typeof message.stop_reason === 'string') outcome = message
    const content = Array.isArray(message.content) ? message.content : []
    return content.flatMap((block) => [...startBlock({ index: -1, content_block: block }), ...stopBlock(-1)])
  }

  function startBlock({ index, content_block: block }: JsonObject): readonly Delta[] {
    if (!isJsonObject(block) || typeof block.type !== 'string') return []
    const parser = createBlockParser(block, next)
    if (hasPlace(block)) next += 1
    called ||= block.type === 'tool_use'
    open.set(index, parser)
    return parser.start()
  }

  function stopBlock(index: unknown): readonly Delta[] {
    const deltas = open.get(index)?.stop() ?? []
    open.delete(index)
    return deltas
  }

  function stopAll(): readonly Delta[] {
    return [...open.keys()].flatMap(stopBlock)
  }

  function finish(): readonly Delta[] {
    if (!started) return []
    ended = true
    const { stop_reason: reason, stop_sequence: sequence, stop_details: details } = outcome
    const explanation = isJsonObject(details) ? details.explanation : undefined
    const counted = usage.result()
    const view = viewUsage(counted)
    const finished: Delta = {
      type: 'finish',
      reason: finishReasons.get(reason) ?? 'stop',
      ...(typeof explanation === 'string' && reason === 'refusal' ? { refusal: explanation } : {}),
      ...(typeof sequence === 'string' ? { stopSequence: sequence } : {}),
      ...(view === undefined ? {} : { usage: view }),
      ...(counted?.tier === undefined ? {} : { serviceTier: counted.tier }),
    }
    return [...stopAll(), finished]
  }

  function fail(error: Delta): readonly Delta[] {
    ended = true
    return [error]
  }

  function push(event: JsonObject): readonly Delta[] {
    switch (event.type) {
      case 'message_start':
        return startMessage(event)
      case 'content_block_start':
        return startBlock(event)
      case 'content_block_delta':
        return isJsonObject(event.delta) ? (open.get(event.index)?.delta(event.delta) ?? []) : []
      case 'content_block_stop':
        return stopBlock(event.index)
      case 'message_delta':
        usage.read(event)
        if (isJsonObject(event.delta)) outcome = event.delta
        return []
      case 'message_stop':
        return finish()
      case 'error':
        return fail(parseMessagesError(event.error))
      default:
        return []
    }
  }

  return { push: (event) => (ended ? [] : push(event)) }
}
