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
import { reportUsage } from '../../billing/reported-usage.ts'
import type { Buckets, Usage, UsageQuirks, UsageReader } from '../../billing/usage.ts'

/** The members that count; each keeps its last value that is not null. */
const members = [
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cache_creation',
  'output_tokens',
  'output_tokens_details',
  'server_tool_use',
  'service_tier',
  'speed',
  'inference_geo',
  'iterations',
  'cost',
  'cost_details',
  'is_byok',
]

function overwrite(known: Fields, update: Fields): Fields {
  const merged: Record<string, unknown> = { ...known }
  for (const name of members) {
    if (update[name] !== undefined && update[name] !== null) merged[name] = update[name]
  }
  return merged
}

/** Tokens of the whole answer or of one pass. Input leaves the cache out, output includes thinking. */
function mapTokens(usage: Fields, counts: CountReader): Buckets {
  const lifetimes = detailsAt(usage, 'cache_creation')
  const cache_write_1h = counts.count(lifetimes, 'ephemeral_1h_input_tokens')
  const name = 'cache_creation_input_tokens'
  return {
    text_in: counts.count(usage, 'input_tokens'),
    cache_read: counts.count(usage, 'cache_read_input_tokens'),
    cache_write_5m: hasCount(usage, [name])
      ? counts.rest(name, counts.count(usage, name), cache_write_1h)
      : counts.count(lifetimes, 'ephemeral_5m_input_tokens'),
    cache_write_1h,
    text_out: counts.count(usage, 'output_tokens'),
  }
}

function addBuckets(total: Buckets, more: Buckets): Buckets {
  const sum: Buckets = { ...total }
  for (const name of Object.keys(more) as (keyof Buckets)[]) sum[name] = (sum[name] ?? 0) + (more[name] ?? 0)
  return sum
}

/** The model of a server-side fallback, which is the one that served. */
function findFallback(iterations: readonly Fields[]): string | undefined {
  const pass = iterations.findLast((entry) => entry.type === 'fallback_message')
  return pass && textAt(pass, 'model')
}

/**
 * The tokens of the model that served. The top level leaves a compaction pass out, so where there is one the
 * passes are summed in its place, without those that another model declined.
 */
function mapServed(usage: Fields, iterations: readonly Fields[], counts: CountReader): Buckets {
  if (!iterations.some((entry) => entry.type === 'compaction')) return mapTokens(usage, counts)
  const fallback = findFallback(iterations)
  return iterations
    .filter((entry) => entry.type !== 'advisor_message')
    .filter((entry) => entry.type !== 'message' || !fallback || textAt(entry, 'model') === fallback)
    .reduce<Buckets>((total, entry) => addBuckets(total, mapTokens(entry, counts)), {})
}

/** Advisor passes: another model's, beside the top level. */
function findPasses(iterations: readonly Fields[], counts: CountReader): Usage['passes'] {
  const passes = iterations
    .filter((entry) => entry.type === 'advisor_message')
    .map((entry) => ({
      model: textAt(entry, 'model') ?? 'advisor',
      buckets: withoutZeros(mapTokens(entry, counts)),
    }))
  return passes.length > 0 ? passes : undefined
}

/**
 * Reads the usage of the Messages API, whole or streamed. A stream's counts are cumulative: each overwrites
 * the one before, and what only `message_start` tells (lifetimes, tier, speed, region) is kept. Until a
 * `message_delta` came, the output is a placeholder and the result is `partial`.
 *
 * @example
 * const reader = createMessagesUsageReader({})
 * reader.read({ type: 'message', usage: { input_tokens: 12, output_tokens: 30 } })
 * reader.result()?.buckets // { text_in: 12, text_out: 30 }
 */
export function createMessagesUsageReader(quirks: UsageQuirks): UsageReader {
  let usage: Fields = {}
  let model: string | undefined
  let partial = false
  return {
    read(event) {
      const message = objectAt(event, 'message') ?? event
      usage = overwrite(usage, detailsAt(message, 'usage'))
      model = textAt(message, 'model') ?? model
      if (event.type === 'message_start') partial = textAt(message, 'stop_reason') === undefined
      else if (objectAt(event, 'usage')) partial = false
    },
    result() {
      if (!hasCount(usage, ['input_tokens', 'output_tokens'])) return undefined
      const counts = createCountReader()
      const iterations = objectsAt(usage, 'iterations')
      const web_search = counts.count(detailsAt(usage, 'server_tool_use'), 'web_search_requests')
      return reportUsage(
        {
          buckets: withoutZeros({ ...mapServed(usage, iterations, counts), web_search }),
          reasoningTokens: counts.count(detailsAt(usage, 'output_tokens_details'), 'thinking_tokens'),
          servedModel: findFallback(iterations) ?? model,
          tier: textAt(usage, 'service_tier'),
          speed: textAt(usage, 'speed'),
          geo: textAt(usage, 'inference_geo'),
          passes: findPasses(iterations, counts),
          partial: partial || undefined,
        },
        { usage, quirks, counts },
      )
    },
  }
}
