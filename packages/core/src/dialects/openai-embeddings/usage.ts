import { withoutZeros } from '../../billing/buckets.ts'
import { createCountReader, type Fields, hasCount, objectAt, textAt } from '../../billing/counts.ts'
import { reportUsage } from '../../billing/reported-usage.ts'
import type { UsageQuirks, UsageReader } from '../../billing/usage.ts'

/**
 * Reads the usage of embeddings: the prompt, or the total where a server reports only that.
 *
 * @example
 * const reader = createEmbeddingsUsageReader({})
 * reader.read({ usage: { prompt_tokens: 8, total_tokens: 8 } })
 * reader.result()?.buckets // { text_in: 8 }
 */
export function createEmbeddingsUsageReader(quirks: UsageQuirks): UsageReader {
  let body: Fields = {}
  return {
    read(event) {
      body = event
    },
    result() {
      const usage = objectAt(body, 'usage')
      if (!usage || !hasCount(usage, ['prompt_tokens', 'total_tokens'])) return undefined
      const counts = createCountReader()
      const name = hasCount(usage, ['prompt_tokens']) ? 'prompt_tokens' : 'total_tokens'
      const buckets = withoutZeros({ text_in: counts.count(usage, name) })
      return reportUsage({ buckets, servedModel: textAt(body, 'model') }, { usage, quirks, counts })
    },
  }
}
