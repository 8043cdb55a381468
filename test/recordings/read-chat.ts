import {
  argumentsOf,
  type Json,
  listOf,
  numberOf,
  objectOf,
  type ReadCall,
  type Reading,
  type ReadReason,
  stringOf,
} from './reading.ts'

const reasons: Readonly<Record<string, ReadReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
}

/** Reads a stream of Chat Completions: its first choice. */
export function readChat(chunks: readonly Json[]): Reading {
  const choices = chunks.map((chunk) => listOf(chunk.choices).find(({ index }) => (index ?? 0) === 0) ?? {})
  const deltas = choices.map(({ delta }) => objectOf(delta))
  const endsAt = choices.findIndex(({ finish_reason: reason }) => typeof reason === 'string')
  const calls = callsOf(deltas.flatMap((delta) => listOf(delta.tool_calls)))
  const reason = reasons[stringOf(choices[endsAt]?.finish_reason)]
  return {
    text: deltas.map(({ content }) => stringOf(content)).join(''),
    calls,
    reason: reason === 'stop' && calls.length > 0 ? 'tool-calls' : reason,
    usage: usageOf(chunks),
    endsAt,
  }
}

function callsOf(pieces: readonly Json[]): readonly ReadCall[] {
  const calls = new Map<unknown, { name: string; json: string }>()
  for (const { index, function: piece } of pieces) {
    const { name, arguments: json } = objectOf(piece)
    const call = calls.get(index) ?? { name: '', json: '' }
    calls.set(index, { name: call.name || stringOf(name), json: call.json + stringOf(json) })
  }
  return [...calls.values()].map(({ name, json }) => ({ name, arguments: argumentsOf(json) }))
}

/** The last one counts. Some count reasoning beside the completion, which the total then shows. */
function usageOf(chunks: readonly Json[]): Reading['usage'] {
  const usage = chunks
    .map((chunk) => chunk.usage)
    .findLast((value) => typeof value === 'object' && value !== null)
  if (usage === undefined) return undefined
  const {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: total,
    prompt_tokens_details: details,
  } = objectOf(usage)
  const input = numberOf(prompt)
  const cached = numberOf(objectOf(details).cached_tokens ?? objectOf(usage).prompt_cache_hit_tokens)
  return { input, cached, output: Math.max(numberOf(completion), numberOf(total) - input) }
}
