import type { JsonObject } from '../../packages/core/src/dialects/json.ts'
import { createEventSplitter } from '../../packages/core/src/dialects/sse.ts'

type Event = Readonly<Record<string, unknown>> & { readonly type: string }

interface Item {
  readonly type: string
  readonly id: string
  readonly name?: string
  readonly arguments?: string
  readonly input?: string
  readonly content?: readonly { readonly type: string; readonly text?: string; readonly refusal?: string }[]
  readonly summary?: readonly { readonly text: string }[]
}

/** What a client has put together from a Responses stream, from its deltas alone and from its end. */
export interface ResponsesAnswer {
  readonly events: readonly Event[]
  /** By item, what the deltas add up to. */
  readonly deltas: ReadonlyMap<unknown, string>
  /** From `response.output_item.done`. */
  readonly items: readonly Item[]
  readonly text: string
  readonly refusal: string
  readonly reasoning: string
  readonly calls: readonly Item[]
  /** Of the event that ends the stream. */
  readonly response: JsonObject | undefined
}

export function eventsOf(wire: string): readonly Event[] {
  return createEventSplitter()
    .push(Buffer.from(wire))
    .map(({ event, data }) => {
      const parsed = JSON.parse(data)
      if (parsed.type !== event) throw new Error(`"${event}" is named otherwise in its data.`)
      return parsed
    })
}

/** Puts a Responses stream together the way its clients do. */
export function collectResponses(wire: string): ResponsesAnswer {
  const events = eventsOf(wire)
  const deltas = new Map<unknown, string>()
  for (const { item_id, delta } of events) {
    if (typeof delta === 'string') deltas.set(item_id, (deltas.get(item_id) ?? '') + delta)
  }
  const items = events
    .filter(({ type }) => type === 'response.output_item.done')
    .map(({ item }) => item as Item)
  const parts = items.flatMap(({ content }) => content ?? [])
  const last = events.at(-1)
  const ended = ['response.completed', 'response.incomplete', 'response.failed'].includes(last?.type ?? '')
  return {
    events,
    deltas,
    items,
    text: parts.map(({ text }) => text ?? '').join(''),
    refusal: parts.map(({ refusal }) => refusal ?? '').join(''),
    reasoning: items
      .flatMap(({ summary }) => summary ?? [])
      .map(({ text }) => text)
      .join(''),
    calls: items.filter(({ type }) => type === 'function_call' || type === 'custom_tool_call'),
    response: ended ? (last?.response as JsonObject) : undefined,
  }
}
