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
  // A prompt that is refused has no candidate.
  const blockedAt = chunks.findIndex(
    ({ promptFeedback }) => objectOf(promptFeedback).blockReason !== undefined,
  )
  const isBlocked = endsAt === -1 && blockedAt !== -1
  const reason = stringOf(candidates[endsAt]?.finishReason)
  return {
    text: parts.map(({ text, thought }) => (thought === true ? '' : stringOf(text))).join(''),
    calls,
    reason: isBlocked ? 'content-filter' : (reasons[reason] ?? (calls.length > 0 ? 'tool-calls' : 'stop')),
    usage: usageOf(chunks),
    endsAt: isBlocked ? blockedAt : endsAt,
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

/** Texts come in pieces; anything else comes whole. */
function add(
  open: Record<string, unknown>,
  { jsonPath, stringValue, numberValue, boolValue, nullValue }: Json,
): void {
  const names = stringOf(jsonPath).match(/[^$.[\]]+/g) ?? []
  const last = names.pop()
  if (last === undefined) return
  let place = open
  names.forEach((name, at) => {
    const next = names[at + 1] ?? last
    place[name] ??= /^\d+$/.test(next) ? [] : {}
    place = place[name] as Record<string, unknown>
  })
  if (stringValue !== undefined) place[last] = stringOf(place[last]) + stringOf(stringValue)
  else place[last] = numberValue ?? boolValue ?? (nullValue === undefined ? place[last] : null)
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
