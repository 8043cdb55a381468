import {
  createCountReader,
  detailsAt,
  type Fields,
  hasCount,
  objectAt,
  textAt,
} from '../../billing/counts.ts'
import { mapConverse } from '../../billing/meters/converse.ts'
import { reportUsage } from '../../billing/reported-usage.ts'
import type { UsageQuirks, UsageReader } from '../../billing/usage.ts'

/**
 * Reads the usage of Converse: of an answer, or of the `metadata` event that closes a stream. Neither names a model.
 *
 * @example
 * const reader = createConverseUsageReader({})
 * reader.read({ usage: { inputTokens: 12, outputTokens: 30, cacheReadInputTokens: 100 } })
 * reader.result()?.buckets // { text_in: 12, cache_read: 100, text_out: 30 }
 */
export function createConverseUsageReader(quirks: UsageQuirks): UsageReader {
  let usage: Fields | undefined
  let tier: string | undefined
  return {
    read(event) {
      const found = objectAt(event, 'usage')
      if (!found || !hasCount(found, ['inputTokens', 'outputTokens'])) return
      usage = found
      tier = textAt(detailsAt(event, 'serviceTier'), 'type')
    },
    result() {
      if (!usage) return undefined
      const counts = createCountReader()
      return reportUsage({ buckets: mapConverse(usage, counts), tier }, { usage, quirks, counts })
    },
  }
}
