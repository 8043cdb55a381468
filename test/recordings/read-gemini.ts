import {
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
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
}

/** Reads a stream of Gemini: its first candidate. */
export function readGemini(chunks: readonly Json[]): Reading {
  const candidates = chunks.map(({ candidates: all }) => listOf(all)[0] ?? {})
  const parts = candidates.flatMap(({ content }) => listOf(objectOf(content).parts))
  const endsAt = candidates.findIndex(({ finishReason }) => typeof finishReason === 'string')
  const calls = callsOf(parts)
  return {
    text: parts.map(({ text, thought }) => (thought === true ? '' : stringOf(text))).join(''),
    calls,
    reason: reasons[stringOf(candidates[endsAt]?.finishReason)] ?? (calls.length > 0 ? 'tool-calls' : 'stop'),
    usage: usageOf(chunks),
    endsAt,
  }
}

/** A call without a name goes on with the one before it. */
function callsOf(parts: readonly Json[]): readonly ReadCall[] {
  const calls: { readonly name: string; readonly arguments: Record<string, unknown> }[] = []
  for (const { functionCall } of parts) {
    const { name, args, partialArgs } = objectOf(functionCall)
    if (stringOf(name) !== '') calls.push({ name: stringOf(name), arguments: {} })
    const open = calls.at(-1)?.arguments
    if (functionCall === undefined || open === undefined) continue
    Object.assign(open, args)
    for (const piece of listOf(partialArgs)) add(open, piece)
  }
  return calls
}

/** Of the paths only members of the arguments themselves are read here: `$.name`. */
function add(open: Record<string, unknown>, { jsonPath, stringValue, numberValue, boolValue }: Json): void {
  const name = stringOf(jsonPath).replace('$.', '')
  const value = numberValue ?? boolValue ?? stringOf(open[name]) + stringOf(stringValue)
  if (name !== '') open[name] = value
}

function usageOf(chunks: readonly Json[]): Reading['usage'] {
  const all = chunks.map(({ usageMetadata }) => objectOf(usageMetadata))
  const usage = all.findLast(({ promptTokenCount }) => promptTokenCount !== undefined)
  if (usage === undefined) return undefined
  return {
    input: numberOf(usage.promptTokenCount) + numberOf(usage.toolUsePromptTokenCount),
    cached: numberOf(usage.cachedContentTokenCount),
    output: numberOf(usage.candidatesTokenCount) + numberOf(usage.thoughtsTokenCount),
  }
}
