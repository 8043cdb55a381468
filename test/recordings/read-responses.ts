import {
  argumentsOf,
  type Json,
  listOf,
  numberOf,
  objectOf,
  type ReadCall,
  type Reading,
  stringOf,
} from './reading.ts'

const ends = new Set<unknown>(['response.completed', 'response.incomplete', 'response.failed', 'error'])

/** Reads a stream of Responses. Items are known by their places, because their ids may change. */
export function readResponses(events: readonly Json[]): Reading {
  const endsAt = events.findIndex(({ type }) => ends.has(type))
  const last = events.findLast(({ type }) => ends.has(type)) ?? {}
  const response = objectOf(last.response)
  const calls = callsOf(events)
  const cut = stringOf(objectOf(response.incomplete_details).reason)
  const isComplete = last.type === 'response.completed' || last.type === 'response.incomplete'
  const whole = calls.length > 0 ? 'tool-calls' : 'stop'
  const incomplete = cut === 'content_filter' ? 'content-filter' : 'length'
  return {
    text: textOf(events),
    calls,
    reason: isComplete ? (cut === '' ? whole : incomplete) : undefined,
    usage: usageOf(objectOf(response.usage)),
    endsAt,
  }
}

/** What is said in the deltas of a part, and what its end adds to them. */
function textOf(events: readonly Json[]): string {
  const parts = new Map<string, string>()
  for (const { type, output_index: item, content_index: part, delta, text } of events) {
    const place = `${item}.${part}`
    const said = parts.get(place) ?? ''
    if (type === 'response.output_text.delta') parts.set(place, said + stringOf(delta))
    if (type === 'response.output_text.done' && stringOf(text).startsWith(said))
      parts.set(place, stringOf(text))
  }
  return [...parts.values()].join('')
}

function callsOf(events: readonly Json[]): readonly ReadCall[] {
  const items = events
    .filter(({ type }) => type === 'response.output_item.done')
    .map(({ item }) => objectOf(item))
  return items.flatMap(({ type, name, arguments: json, input }) => {
    if (type === 'custom_tool_call') return [{ name: stringOf(name), arguments: { input } }]
    if (type !== 'function_call') return []
    const parsed = argumentsOf(stringOf(json))
    const inner = name === 'parallel' ? listOf(objectOf(parsed).tool_uses) : []
    if (inner.length === 0) return [{ name: stringOf(name), arguments: parsed }]
    return inner.map((use) => ({
      name: stringOf(use.recipient_name).replace('functions.', ''),
      arguments: use.parameters,
    }))
  })
}

function usageOf(usage: Json): Reading['usage'] {
  if (usage.input_tokens === undefined) return undefined
  return {
    input: numberOf(usage.input_tokens),
    cached: numberOf(objectOf(usage.input_tokens_details).cached_tokens),
    output: numberOf(usage.output_tokens),
  }
}
