import { withoutZeros } from '../../billing/buckets.ts'
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
import { mapImages } from '../../billing/meters/images.ts'
import { mapOpenAiTokens } from '../../billing/meters/openai-tokens.ts'
import { reportUsage } from '../../billing/reported-usage.ts'
import type { Buckets, Usage, UsageQuirks, UsageReader } from '../../billing/usage.ts'

/** Searches among the calls of the web search tool: opening a page and finding in it are free. */
function isSearch(item: Fields): boolean {
  return (
    item.type === 'web_search_call' && (textAt(detailsAt(item, 'action'), 'type') ?? 'search') === 'search'
  )
}

/** Calls of server tools. The provider's own counter wins over the items of the output. */
function countTools(response: Fields, counts: CountReader): Buckets {
  const items = objectsAt(response, 'output')
  const counter = objectAt(detailsAt(response, 'tool_usage'), 'web_search')
  const searches = counter ? counts.count(counter, 'num_requests') : items.filter(isSearch).length
  const preview = objectsAt(response, 'tools').some((tool) =>
    tool.type?.toString().startsWith('web_search_preview'),
  )
  return {
    [preview ? 'web_search_preview' : 'web_search']: searches,
    file_search: items.filter((item) => item.type === 'file_search_call').length,
  }
}

/** Other models that took part, which `usage` leaves out: the image tool's, and the one that draws SVG. */
function findPasses(response: Fields, counts: CountReader): Usage['passes'] {
  const tool = objectsAt(response, 'tools').find((entry) => entry.type === 'image_generation') ?? {}
  const images = mapImages(detailsAt(detailsAt(response, 'tool_usage'), 'image_gen'), counts)
  const drawings = objectsAt(response, 'output').flatMap((item) => {
    const usage = objectAt(item, 'svg_usage')
    return usage ? [usage] : []
  })
  const passes = [
    { model: textAt(tool, 'model') ?? 'image_generation', buckets: images },
    ...drawings.map((usage) => ({
      model: textAt(usage, 'model') ?? 'svg',
      buckets: mapOpenAiTokens(usage, { input: 'input_tokens', output: 'output_tokens' }, counts).buckets,
    })),
  ].filter((pass) => Object.keys(pass.buckets).length > 0)
  return passes.length > 0 ? passes : undefined
}

/**
 * Reads the usage of the Responses API: a whole response, or the event that ends a stream and holds one. Fees
 * of server tools come from the response's own counters and items.
 *
 * @example
 * const reader = createResponsesUsageReader({})
 * reader.read({ type: 'response.completed', response: { usage: { input_tokens: 50, output_tokens: 20 } } })
 * reader.result()?.buckets // { text_in: 50, text_out: 20 }
 */
export function createResponsesUsageReader(quirks: UsageQuirks): UsageReader {
  let response: Fields | undefined
  return {
    read(event) {
      const candidate = objectAt(event, 'response') ?? event
      const usage = objectAt(candidate, 'usage')
      if (usage && hasCount(usage, ['input_tokens', 'output_tokens'])) response = candidate
    },
    result() {
      if (!response) return undefined
      const usage = detailsAt(response, 'usage')
      const counts = createCountReader()
      const tokens = mapOpenAiTokens(usage, { input: 'input_tokens', output: 'output_tokens' }, counts)
      return reportUsage(
        {
          buckets: withoutZeros({ ...tokens.buckets, ...countTools(response, counts) }),
          reasoningTokens: tokens.reasoningTokens,
          servedModel: textAt(response, 'model'),
          tier: textAt(response, 'service_tier'),
          passes: findPasses(response, counts),
        },
        { usage, quirks, counts },
      )
    },
  }
}
