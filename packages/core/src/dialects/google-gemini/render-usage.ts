import type { DeltaUsage } from '../delta.ts'
import type { JsonObject } from '../json.ts'

/** The dialect's usage object: its prompt includes what came from the cache, its candidates leave thoughts out. */
export function renderUsageMetadata(usage: DeltaUsage): JsonObject {
  const { inputUncached, cacheRead, cacheWrite, output, reasoning = 0 } = usage
  const promptTokenCount = inputUncached + cacheRead + cacheWrite
  const candidatesTokenCount = output - reasoning
  return {
    promptTokenCount,
    candidatesTokenCount,
    totalTokenCount: promptTokenCount + output,
    ...(cacheRead > 0 ? { cachedContentTokenCount: cacheRead } : {}),
    ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
    ...details('promptTokensDetails', promptTokenCount, usage.audioInput),
    ...details('candidatesTokensDetails', candidatesTokenCount, usage.audioOutput),
  }
}

/** Told where there is sound among the tokens. */
function details(name: string, total: number, audio = 0): JsonObject {
  if (audio === 0) return {}
  const text = { modality: 'TEXT', tokenCount: Math.max(0, total - audio) }
  return { [name]: [text, { modality: 'AUDIO', tokenCount: audio }] }
}
