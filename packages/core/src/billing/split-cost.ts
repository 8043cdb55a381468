import { isToolBucket } from './buckets.ts'
import { parseFraction } from './decimal.ts'
import type { Nano } from './money.ts'
import type { ChargeRecord } from './recompute-charge.ts'
import type { BucketName } from './usage.ts'

/** What a part of a model cost is for: a bucket, other models that took part, or what no count explains. */
export type CostShare = BucketName | 'passes' | 'other'

/** What is needed of a settlement's record; rows of other programs have none of it. */
export type SharedCost = Partial<Omit<ChargeRecord, 'credential' | 'feeRates'>>

/**
 * A model cost by what it is for. The parts add up to it exactly: a call's cost is rounded once, so each part is
 * rounded down to a nano-dollar and what is left goes to the dearest. A cost that was not computed from counts, such
 * as a hold that was charged because its answer had no price, is `other` as a whole.
 *
 * @example
 * splitModelCost(7500n, row.meta) // { text_in: 2500n, text_out: 5000n }
 */
export function splitModelCost(modelCost: Nano, record: SharedCost): Partial<Record<CostShare, Nano>> {
  if (modelCost === 0n) return {}
  const exact = exactShares(record)
  const costs: Partial<Record<CostShare, Nano>> = {}
  let [rest, largest, dearest] = [modelCost, 0n, 'other' as CostShare]
  for (const [share, amount] of exact.amounts) {
    const cost = amount / exact.perNano
    if (cost > 0n) costs[share] = cost
    rest -= cost
    if (amount > largest) [largest, dearest] = [amount, share]
  }
  // Counts that make more than was charged are not what it was charged for.
  if (rest < 0n) return { other: modelCost }
  if (rest > 0n) costs[dearest] = (costs[dearest] ?? 0n) + rest
  return costs
}

interface ExactShares {
  /** Picodollars times a common denominator. */
  readonly amounts: Map<CostShare, bigint>
  /** What one nano-dollar is among them. */
  readonly perNano: bigint
}

const picoPerNano = 1000n

function exactShares(record: SharedCost): ExactShares {
  const { usage = {}, rates = {}, geoFactor = '1', multiplier = '1', passes = [], passRates = [] } = record
  const geo = parseFraction(geoFactor, 'geoFactor')
  const factor = parseFraction(multiplier, 'multiplier')
  const amounts = new Map<CostShare, bigint>()
  for (const bucket of Object.keys(rates) as BucketName[]) {
    const share = isToolBucket(bucket) ? geo.denominator : geo.numerator
    amounts.set(bucket, costOf(usage[bucket], rates[bucket]) * share * factor.numerator)
  }
  const others = passRates.reduce((sum, { rates: paid }, index) => {
    const counted = passes[index]?.buckets ?? {}
    const names = Object.keys(paid) as BucketName[]
    return names.reduce((part, name) => part + costOf(counted[name], paid[name]), sum)
  }, 0n)
  if (others > 0n) amounts.set('passes', others * geo.denominator * factor.numerator)
  return { amounts, perNano: geo.denominator * factor.denominator * picoPerNano }
}

const costOf = (count = 0, rate = '0'): bigint => BigInt(count) * BigInt(rate)
