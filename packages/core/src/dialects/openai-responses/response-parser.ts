import type { Delta, FinishReason } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { viewUsage } from '../usage-view.ts'
import { textOf } from './item-parser.ts'
import { createItemQueue } from './output-queue.ts'
import { parseResponsesError } from './parse-error.ts'
import { createResponsesUsageReader } from './usage.ts'

const incompleteReasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content-filter'],
])

/** Events of one response in, hub deltas out. */
export interface ResponseParser {
  push(type: string, event: JsonObject): readonly Delta[]
}

/**
 * The finish comes with the event that ends the response and not before, so that a stream which breaks off never
 * looks finished. What follows that event, or an error, is not this response's.
 */
export function createResponseParser(): ResponseParser {
  const usage = createResponsesUsageReader({})
  let deltas: Delta[] = []
  let next = 0
  let started = false
  let ended = false
  let called = false

  const queue = createItemQueue({
    nextIndex: () => next++,
    emit(delta) {
      if (delta.type === 'tool-start') called = true
      deltas.push(delta)
    },
  })

  function start(response: unknown): void {
    if (started) return
    started = true
    const { id, model } = isJsonObject(response) ? response : {}
    deltas.push({ type: 'start', id: textOf(id), model: textOf(model) })
  }

  function end(event: JsonObject): void {
    const response = isJsonObject(event.response) ? event.response : {}
    start(response)
    queue.end(Array.isArray(response.output) ? response.output.filter(isJsonObject) : [])
    ended = true
    deltas.push(finishOf(event, response))
  }

  function finishOf(event: JsonObject, response: JsonObject): Delta {
    usage.read(event)
    const counted = usage.result()
    const view = viewUsage(counted)
    const tier = counted?.tier ?? textOf(response.service_tier)
    return {
      type: 'finish',
      reason: reasonOf(response, called),
      ...(view === undefined ? {} : { usage: view }),
      ...(tier === '' ? {} : { serviceTier: tier }),
    }
  }

  function fail(error: unknown): void {
    ended = true
    deltas.push(parseResponsesError(error))
  }

  function startItem(event: JsonObject): void {
    start(undefined)
    if (isJsonObject(event.item)) queue.start(keyOf(event), event.item)
  }

  function finishItem(event: JsonObject): void {
    start(undefined)
    if (isJsonObject(event.item)) queue.finish(keyOf(event), event.item)
  }

  function failResponse({ response }: JsonObject): void {
    fail(isJsonObject(response) ? response.error : undefined)
  }

  const handlers: ReadonlyMap<string, (event: JsonObject) => void> = new Map([
    ['response.created', (event: JsonObject) => start(event.response)],
    ['response.queued', (event: JsonObject) => start(event.response)],
    ['response.in_progress', (event: JsonObject) => start(event.response)],
    ['response.output_item.added', startItem],
    ['response.output_item.done', finishItem],
    ['response.completed', end],
    ['response.incomplete', end],
    ['response.failed', failResponse],
    ['response.cancelled', failResponse],
    ['error', (event: JsonObject) => fail(isJsonObject(event.error) ? event.error : event)],
  ])

  function handle(type: string, event: JsonObject): void {
    const handler = handlers.get(type)
    if (handler !== undefined) handler(event)
    else if (type.startsWith('response.')) {
      start(undefined)
      queue.push(keyOf(event), type, event)
    }
  }

  return {
    push(type, event) {
      if (ended) return []
      deltas = []
      handle(type, event)
      return deltas
    },
  }
}

/** The index where there is one; ids may change from event to event. */
function keyOf(event: JsonObject): unknown {
  if (event.output_index !== undefined) return event.output_index
  return event.item_id ?? (isJsonObject(event.item) ? event.item.id : undefined)
}

function reasonOf({ status, incomplete_details: details }: JsonObject, called: boolean): FinishReason {
  const reason = isJsonObject(details) ? incompleteReasons.get(details.reason) : undefined
  if (status === 'incomplete' || reason !== undefined) return reason ?? 'stop'
  return called ? 'tool-calls' : 'stop'
}
