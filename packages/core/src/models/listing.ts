import { formatDecimal } from '../billing/decimal.ts'
import type { PriceBand, PriceVersion } from '../billing/price.ts'
import type { ModelEntry } from './model.ts'
import { type ListedMetrics, renderMetrics } from './selection/listed-metrics.ts'
import type { Metrics } from './selection/metrics.ts'

/** One rate of a listed model. `price` is US dollars as decimal text for one `unit`. */
export interface ListedRate {
  /** What is billed: a bucket such as `text_in` or `cache_read`, or a server tool such as `web_search`. */
  readonly type: string
  readonly unit: 'million_tokens' | 'second' | 'thousand_calls'
  readonly price: string
  /** When the rate applies; absent = always, at the default service tier. */
  readonly conditions?: {
    readonly service_tier?: string
    /** Of all input, cached tokens included. */
    readonly min_input_tokens?: number
  }
}

/** One model with the members that the OpenAI and the Anthropic client each read, and our own. */
export interface ListedModel {
  readonly id: string
  readonly object: 'model'
  readonly type: 'model'
  /** Seconds since the epoch; 0 = not known. */
  readonly created: number
  readonly created_at: string
  readonly owned_by: string
  readonly display_name: string
  readonly context_window: number | null
  readonly max_input_tokens: number | null
  readonly max_tokens: number | null
  readonly input_modalities: readonly string[]
  readonly output_modalities: readonly string[]
  readonly endpoints: readonly string[]
  readonly deprecated_at: string | null
  readonly pricing: { readonly currency: 'USD'; readonly rates: readonly ListedRate[] }
  /** Null where this process has not called it. */
  readonly metrics: ListedMetrics | null
  /** What a virtual model stands for; nothing else has them. */
  readonly targets?: readonly string[]
}

export interface ModelList {
  readonly object: 'list'
  readonly data: readonly ListedModel[]
  readonly has_more: false
  readonly first_id: string | null
  readonly last_id: string | null
}

export interface RenderModelOptions {
  /** @default the bare id */
  readonly publicId?: string
  /** The prices of which moment, milliseconds since the epoch. @default now */
  readonly at?: number
  readonly metrics?: Pick<Metrics, 'record'> | undefined
}

/** The body of `GET /v1/models/{id}`, for either client. */
export function renderModel(
  entry: ModelEntry,
  { publicId = entry.id, at = Date.now(), metrics }: RenderModelOptions = {},
): ListedModel {
  const record = metrics?.record(entry.provider, entry.upstreamId)
  const released = entry.released === undefined ? 0 : Date.parse(entry.released)
  return {
    id: publicId,
    object: 'model',
    type: 'model',
    created: released / 1000,
    created_at: new Date(released).toISOString(),
    owned_by: entry.provider,
    display_name: entry.name ?? entry.id,
    context_window: entry.contextWindow ?? null,
    max_input_tokens: entry.maxInputTokens ?? entry.contextWindow ?? null,
    max_tokens: entry.maxOutputTokens ?? null,
    input_modalities: entry.input,
    output_modalities: entry.output,
    endpoints: entry.kinds,
    deprecated_at: entry.deprecatedAt ?? null,
    pricing: { currency: 'USD', rates: listRates(entry.prices, at) },
    metrics: record ? renderMetrics(record, at) : null,
  }
}

/** What a list tells beside the models themselves. */
export interface ListingExtras {
  readonly metrics?: Pick<Metrics, 'record'> | undefined
  /** Listed in front of all others. */
  readonly virtual?: readonly ListedModel[]
  /** Listed behind all others. */
  readonly automatic?: ListedModel | undefined
}

/**
 * The body of `GET /v1/models`, for either client.
 *
 * @param entries In the order of the index: a bare id belongs to the first that has it, the others are listed
 * as `provider:id`.
 */
export function renderModelList(
  entries: readonly ModelEntry[],
  at: number = Date.now(),
  { metrics, virtual = [], automatic }: ListingExtras = {},
): ModelList {
  const owners = new Map<string, ModelEntry>()
  for (const entry of entries) {
    const key = entry.id.toLowerCase()
    if (!owners.has(key)) owners.set(key, entry)
  }
  const real = entries.map((entry) => {
    const isOwner = owners.get(entry.id.toLowerCase()) === entry
    return renderModel(entry, { publicId: isOwner ? entry.id : `${entry.provider}:${entry.id}`, at, metrics })
  })
  const data = [...virtual, ...real, ...(automatic ? [automatic] : [])]
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
  return { object: 'list', data, has_more: false, ...ends }
}

function listRates(prices: readonly PriceVersion[], at: number): ListedRate[] {
  const version = prices.findLast(
    ({ validFrom, validTo, hours }) =>
      hours === undefined &&
      (validFrom === null || Date.parse(validFrom) <= at) &&
      (validTo === null || at < Date.parse(validTo)),
  )
  if (version === undefined) return []
  const fees = Object.entries(version.fees ?? {}).map(
    ([type, rate]): ListedRate => ({ type, unit: 'thousand_calls', price: decimal(rate, 9) }),
  )
  return [...version.bands.flatMap(bandRates), ...fees]
}

function bandRates({ when, rows }: PriceBand): ListedRate[] {
  const from = when === null ? undefined : when.tokens + (when.op === 'gt' ? 1 : 0)
  return Object.entries(rows).flatMap(([tier, row]) => {
    const conditions = {
      ...(tier === 'default' ? {} : { service_tier: tier }),
      ...(from === undefined ? {} : { min_input_tokens: from }),
    }
    return Object.entries(row).map(([type, rate]): ListedRate => {
      const unit = type === 'seconds_in' ? 'second' : 'million_tokens'
      const price = decimal(rate, unit === 'second' ? 12 : 6)
      return { type, unit, price, ...(Object.keys(conditions).length > 0 ? { conditions } : {}) }
    })
  })
}

/** Without needless zeros: `2.5`, `10`, `0.0001`. */
function decimal(picodollars: number, places: number): string {
  return formatDecimal(BigInt(picodollars), places).replace(/\.?0+$/, '')
}
