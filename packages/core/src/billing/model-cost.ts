import { countInputTokens, isToolBucket } from './buckets.ts'
import { type Fraction, one, parseFraction, scaleDecimalUp } from './decimal.ts'
import type { PriceVersion } from './price.ts'
import { type SelectedPrice, selectPrice } from './select-price.ts'
import { unpriced } from './unpriced.ts'
import type { BucketName, Usage } from './usage.ts'

/** Picodollars per unit that each bucket was charged at, as text: what a ledger row keeps. */
export type ChargedRates = Readonly<Partial<Record<BucketName, string>>>

/** What one model's share of a call costs in picodollars, exactly. */
export interface ModelCost {
  readonly picodollars: Fraction
  readonly rates: ChargedRates
  /** The factor that the region put on token rates, where there is one. */
  readonly geo?: string
}

/** What a provider says it charged, which stands for all buckets. */
function reportedCost(usage: Usage): ModelCost {
  if (usage.providerCost === undefined) throw unpriced('the bucket "provider_cost"', 'provider_cost')
  const amount = scaleDecimalUp(usage.providerCost, 12, 'provider_cost')
  return {
    picodollars: { numerator: amount, denominator: 1n },
    rates: { provider_cost: amount.toString() },
  }
}

function rateOf(price: SelectedPrice, bucket: BucketName): number {
  const rate = isToolBucket(bucket) ? price.fees[bucket] : price.row[bucket]
  if (rate === undefined) throw unpriced(`the bucket "${bucket}" of this model`, bucket)
  return rate
}

/**
 * Prices disjoint buckets at the rates of the tier, speed, region and context band they were served with.
 * Regional factors apply to tokens, not to tool calls.
 *
 * @throws GatewayError `model_not_priced` that names the bucket above 0 without a rate.
 */
export function priceUsage(prices: readonly PriceVersion[], usage: Usage, at: number): ModelCost {
  const { buckets } = usage
  if (buckets.provider_cost) return reportedCost(usage)
  const price = selectPrice(prices, {
    at,
    totalInput: countInputTokens(buckets),
    tier: usage.tier,
    speed: usage.speed,
  })
  const rates: Partial<Record<BucketName, string>> = {}
  let tokens = 0n
  let tools = 0n
  for (const bucket of Object.keys(buckets) as BucketName[]) {
    const count = buckets[bucket]
    if (!count) continue
    const rate = rateOf(price, bucket)
    rates[bucket] = String(rate)
    const amount = BigInt(count) * BigInt(rate)
    if (isToolBucket(bucket)) tools += amount
    else tokens += amount
  }
  const geo =
    usage.geo !== undefined && Object.hasOwn(price.geo, usage.geo) ? price.geo[usage.geo] : undefined
  const factor = geo === undefined ? one : parseFraction(geo, 'geo')
  return {
    picodollars: {
      numerator: tokens * factor.numerator + tools * factor.denominator,
      denominator: factor.denominator,
    },
    rates,
    ...(geo === undefined ? {} : { geo }),
  }
}
