import {
  type CountReader,
  createCountReader,
  detailsAt,
  type Fields,
  hasCount,
  objectAt,
  objectsAt,
  textAt,
} from '../../billing/counts.ts'
import { mapOpenAiTokens } from '../../billing/meters/openai-tokens.ts'
import { reportUsage } from '../../billing/reported-usage.ts'
import type { UsageQuirks, UsageReader } from '../../billing/usage.ts'

const totals = ['prompt_tokens', 'completion_tokens', 'total_tokens']

/** The usage of a body or chunk: at the top; in Groq's own object; or on the first choice (Moonshot). */
function findUsage(event: Fields): Fields | undefined {
  const found =
    objectAt(event, 'usage') ??
    objectAt(detailsAt(event, 'x_groq'), 'usage') ??
    objectAt(objectsAt(event, 'choices')[0] ?? {}, 'usage')
  return found && hasCount(found, totals) ? found : undefined
}

/**
 * Billable output. xAI leaves reasoning out of `completion_tokens`, and Gemini's compatible endpoint may leave
 * thoughts out: there it is what the total holds beside the prompt. A total that is exactly prompt, completion
 * and reasoning together says the same of any server.
 */
function countOutput(usage: Fields, quirks: UsageQuirks, counts: CountReader): number {
  const prompt = counts.count(usage, 'prompt_tokens')
  const completion = counts.count(usage, 'completion_tokens')
  const total = counts.count(usage, 'total_tokens')
  const reasoning = counts.count(detailsAt(usage, 'completion_tokens_details'), 'reasoning_tokens')
  if (total > 0 && total === prompt + completion + reasoning) return completion + reasoning
  if (!quirks.reasoningOutsideCompletion) return completion
  return total > 0 ? Math.max(completion, total - prompt) : completion + reasoning
}

/**
 * Reads the usage of Chat Completions, whole or streamed. The last usage object counts, on whichever chunk it
 * comes; counts that grow from chunk to chunk are never added up.
 *
 * @example
 * const reader = createChatUsageReader({})
 * reader.read({ usage: { prompt_tokens: 16, completion_tokens: 300 } })
 * reader.result()?.buckets // { text_in: 16, text_out: 300 }
 */
export function createChatUsageReader(quirks: UsageQuirks): UsageReader {
  let usage: Fields | undefined
  let servedModel: string | undefined
  let tier: string | undefined
  return {
    read(event) {
      usage = findUsage(event) ?? usage
      servedModel = textAt(event, 'model') ?? servedModel
      tier = textAt(event, 'service_tier') ?? tier
    },
    result() {
      if (!usage) return undefined
      const counts = createCountReader()
      const outputTokens = countOutput(usage, quirks, counts)
      const names = { input: 'prompt_tokens', output: 'completion_tokens', outputTokens }
      const found = mapOpenAiTokens(usage, names, counts)
      const servedTier = tier ?? textAt(usage, 'service_tier')
      return reportUsage({ ...found, servedModel, tier: servedTier }, { usage, quirks, counts })
    },
  }
}
