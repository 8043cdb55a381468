import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'

/** Statuses by what the words of providers have in them. */
const statuses: readonly (readonly [RegExp, number, string])[] = [
  [/overloaded|unavailable/i, 503, 'UNAVAILABLE'],
  [/rate_limit|resource_exhausted/i, 429, 'RESOURCE_EXHAUSTED'],
  [/invalid_(request|argument)/i, 400, 'INVALID_ARGUMENT'],
  [/timeout|deadline/i, 504, 'DEADLINE_EXCEEDED'],
  [/^upstream_/, 502, 'UNAVAILABLE'],
]

/** An upstream's failure in mid-stream, as Gemini's streams tell it. */
export function renderStreamError({ kind, message }: Extract<Delta, { type: 'error' }>): JsonObject {
  const [, code, status] = statuses.find(([word]) => word.test(kind)) ?? [undefined, 500, 'INTERNAL']
  return { error: { code, message, status } }
}
