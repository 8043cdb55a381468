import { countInputTokens, isToolBucket } from './buckets.ts'
import { type Fraction, parseFraction, scaleDecimalUp } from './decimal.ts'
import type { PriceVersion } from './price.ts'
import { type SelectedPrice, selectPrice } from './select-price.ts'
import { unpriced } from './unpriced.ts'
import type { BucketName, Buckets, Usage } from './usage.ts'

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
  const { geo, picodollars } = costOf(price, buckets, usage.geo)
  const rates = ratesOf(price, buckets)
  return geo === undefined ? { picodollars, rates } : { picodollars, rates, geo }
}

/** What the bill is computed with, without the record of how. */
export type UsageCost = Omit<ModelCost, 'rates'>

/**
 * Prices buckets at rates that are chosen already.
 *
 * @throws as {@link priceUsage} does.
 */
export function costOf(price: SelectedPrice, buckets: Buckets, region?: string): UsageCost {
  let tokens = 0n
  let tools = 0n
  for (const bucket in buckets) {
    const count = buckets[bucket as BucketName]
    if (!count) continue
    const amount = BigInt(count) * BigInt(rateOf(price, bucket as BucketName))
    if (isToolBucket(bucket as BucketName)) tools += amount
    else tokens += amount
  }
  const geo = region !== undefined && Object.hasOwn(price.geo, region) ? price.geo[region] : undefined
  if (geo === undefined) return { picodollars: { numerator: tokens + tools, denominator: 1n } }
  const { numerator, denominator } = parseFraction(geo, 'geo')
  return { picodollars: { numerator: tokens * numerator + tools * denominator, denominator }, geo }
}

function ratesOf(price: SelectedPrice, buckets: Buckets): ChargedRates {
  const rates: Partial<Record<BucketName, string>> = {}
  for (const bucket in buckets)
    if (buckets[bucket as BucketName])
      rates[bucket as BucketName] = String(rateOf(price, bucket as BucketName))
  return rates
}
