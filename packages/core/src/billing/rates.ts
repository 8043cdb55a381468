import { scaleDecimal } from './decimal.ts'
import { assertNano } from './money.ts'
import type { PriceOptions, PriceVersion, RateRow } from './price.ts'
import type { BucketName } from './usage.ts'

/**
 * A price as price pages print it, US dollars per million tokens, as integer picodollars per token. One
 * dollar per million is 1,000,000 picodollars, so six decimals are exact and finer ones are refused.
 *
 * @throws GatewayError `invalid_request` that names `field`.
 * @example
 * parseRate('2.50', 'price.input') // 2_500_000
 */
export function parseRate(usdPerMillion: string, field: string): number {
  const rate = scaleDecimal(usdPerMillion, 6, field)
  assertNano(rate, field)
  return Number(rate)
}

/** US dollars per 1,000 calls as integer picodollars per call. */
function parseFeeRate(usdPerThousand: string, field: string): number {
  const rate = scaleDecimal(usdPerThousand, 9, field)
  assertNano(rate, field)
  return Number(rate)
}

/** Which buckets each option prices. The first option that is present prices a bucket. */
const optionBuckets: readonly (readonly [keyof PriceOptions, readonly BucketName[]])[] = [
  ['input', ['text_in']],
  ['output', ['text_out']],
  ['cachedInput', ['cache_read']],
  ['cacheWrite', ['cache_write', 'cache_write_5m']],
  ['cacheWrite1h', ['cache_write_1h']],
  ['audioInput', ['audio_in']],
  ['audioOutput', ['audio_out']],
  ['imageInput', ['image_in']],
  ['imageOutput', ['image_out']],
  // Without rates of their own cached and image tokens are input like any other.
  ['input', ['cache_read', 'image_in']],
]

function rowFromOptions(options: PriceOptions, field: string): RateRow {
  const row: Partial<Record<BucketName, number>> = {}
  for (const [option, buckets] of optionBuckets) {
    const text = options[option]
    if (text === undefined) continue
    const rate = parseRate(text, `${field}.${option}`)
    for (const bucket of buckets) row[bucket] ??= rate
  }
  return row
}

/**
 * The price that an operator wrote for a model: one version, always valid, one band, only the default tier.
 *
 * @param field Where the options come from, for messages: `providers.acme.models.large.price`.
 * @throws GatewayError `invalid_request` that names the option at fault.
 * @example
 * priceFromOptions({ input: '2.50', output: '10' })
 */
export function priceFromOptions(options: PriceOptions, field = 'price'): readonly PriceVersion[] {
  const search =
    options.webSearch === undefined ? undefined : parseFeeRate(options.webSearch, `${field}.webSearch`)
  return [
    {
      validFrom: null,
      validTo: null,
      bands: [{ when: null, rows: { default: rowFromOptions(options, field) } }],
      ...(search === undefined ? {} : { fees: { web_search: search, web_search_preview: search } }),
      source: ['options'],
      checkedAt: '',
    },
  ]
}
