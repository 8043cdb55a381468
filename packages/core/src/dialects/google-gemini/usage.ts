import {
  createCountReader,
  type Fields,
  hasCount,
  objectAt,
  objectsAt,
  textAt,
} from '../../billing/counts.ts'
import { mapGenerateContent } from '../../billing/meters/generate-content.ts'
import { reportUsage } from '../../billing/reported-usage.ts'
import type { UsageQuirks, UsageReader } from '../../billing/usage.ts'

/** Early events may hold usage without a single count. */
const totals = ['promptTokenCount', 'candidatesTokenCount', 'totalTokenCount']

/** Traffic that is not billed at the ordinary rates. */
const tiers: ReadonlyMap<string | undefined, string> = new Map([
  ['ON_DEMAND_PRIORITY', 'priority'],
  ['ON_DEMAND_FLEX', 'flex'],
])

/** Up to this generation a grounded answer is one search, however many queries it took; later each query is. */
const pricedByAnswer = /gemini-[12]\b/

/** The searches of one candidate, as Google bills them. Empty queries are free. */
function countSearches(candidate: Fields, model: string | undefined): number {
  const { webSearchQueries: queries } = objectAt(candidate, 'groundingMetadata') ?? {}
  if (!Array.isArray(queries)) return 0
  const made = new Set(queries.filter((query) => typeof query === 'string' && query.trim() !== '')).size
  return pricedByAnswer.test(model ?? '') ? Math.min(made, 1) : made
}

/**
 * Reads the usage of Gemini's API, whole or streamed. Each event's counts replace those before; until a candidate
 * says why it finished they are of an answer that goes on.
 *
 * @example
 * const reader = createGeminiUsageReader({})
 * reader.read({ usageMetadata: { promptTokenCount: 29, candidatesTokenCount: 15, thoughtsTokenCount: 804 } })
 * reader.result()?.buckets // { text_in: 29, text_out: 819 }
 */
export function createGeminiUsageReader(quirks: UsageQuirks): UsageReader {
  let usage: Fields | undefined
  let servedModel: string | undefined
  let partial = false
  /** By candidate. */
  const searches = new Map<unknown, number>()

  function readCandidate(candidate: Fields): void {
    if (textAt(candidate, 'finishReason') !== undefined) partial = false
    const count = countSearches(candidate, servedModel)
    if (count > 0) searches.set(candidate.index ?? 0, count)
  }

  return {
    read(event) {
      const found = objectAt(event, 'usageMetadata')
      if (found && hasCount(found, totals)) usage = found
      servedModel = textAt(event, 'modelVersion') ?? servedModel
      const candidates = objectsAt(event, 'candidates')
      if (candidates.length > 0) partial = true
      for (const candidate of candidates) readCandidate(candidate)
    },
    result() {
      if (!usage) return undefined
      const counts = createCountReader()
      const buckets = mapGenerateContent(usage, counts)
      const web_search = [...searches.values()].reduce((sum, count) => sum + count, 0)
      return reportUsage(
        {
          buckets: web_search > 0 ? { ...buckets, web_search } : buckets,
          reasoningTokens: counts.count(usage, 'thoughtsTokenCount'),
          servedModel,
          tier: tiers.get(textAt(usage, 'trafficType')),
          partial: partial || undefined,
        },
        { usage, quirks, counts },
      )
    },
  }
}
