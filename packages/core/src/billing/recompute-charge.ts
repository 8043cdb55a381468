import { isToolBucket } from './buckets.ts'
import { type Charge, chargeOf, type FeeUsage } from './charge.ts'
import { add, type Fraction, multiply, parseFraction, zero } from './decimal.ts'
import type { FeeRates } from './fee.ts'
import type { ChargedRates } from './model-cost.ts'
import type { BucketName, Buckets } from './usage.ts'

/** What a settlement records so that its cost can be computed again. Everything is text or a count: it is kept as JSON. */
export interface ChargeRecord {
  readonly credential: 'managed' | 'own'
  readonly usage: Buckets
  readonly rates: ChargedRates
  readonly feeRates: RecordedFee
  /** The region's factor on token rates. */
  readonly geoFactor?: string | undefined
  readonly multiplier?: string | undefined
  readonly passes?: FeeUsage['passes']
  readonly passRates?: Charge['passes']
}

/** Picodollars as text; what is 0 is left out. */
export interface RecordedFee {
  readonly perToken?: string
  readonly share?: string
  readonly perCall?: string
}

/**
 * A fee as a settlement records it.
 *
 * @example
 * recordFee(parseFee()) // { perToken: '50000' }
 */
export function recordFee({ perToken, share, perCall }: FeeRates): RecordedFee {
  return {
    ...(perToken !== 0n && { perToken: String(perToken) }),
    ...(share.numerator !== 0n && { share: `${share.numerator}/${share.denominator}` }),
    ...(perCall !== 0n && { perCall: String(perCall) }),
  }
}

/**
 * Computes a charge again from what its settlement recorded.
 *
 * @returns What disagrees, in words; undefined when nothing does, or when the record has no rates: a call that
 * could not be priced, or one that another program settled.
 * @example
 * checkCharge({ modelCost: 30n, fee: 10n }, row.meta)
 */
export function checkCharge(
  charged: Pick<Charge, 'modelCost' | 'fee'>,
  meta: Readonly<Record<string, unknown>>,
): string | undefined {
  if (meta.unpriced !== undefined || !meta.rates || !meta.feeRates) return undefined
  const { modelCost, fee } = recompute(meta as unknown as ChargeRecord)
  if (modelCost !== charged.modelCost)
    return `the model cost is ${charged.modelCost}, its counts make ${modelCost}`
  return fee === charged.fee ? undefined : `the fee is ${charged.fee}, its counts make ${fee}`
}

function recompute(record: ChargeRecord) {
  const { usage, rates, passes = [], passRates = [], multiplier } = record
  const main = record.credential === 'managed' ? costOf(usage, rates, record.geoFactor) : zero
  const sum = passRates.reduce<Fraction>(
    (total, pass, index) => add(total, costOf(passes[index]?.buckets ?? {}, pass.rates)),
    main,
  )
  const cost = multiplier === undefined ? sum : multiply(sum, parseFraction(multiplier, 'multiplier'))
  return chargeOf(cost, { buckets: usage, passes }, readFee(record.feeRates))
}

function costOf(buckets: Buckets, rates: ChargedRates, geoFactor = '1'): Fraction {
  let tokens = 0n
  let tools = 0n
  for (const bucket of Object.keys(rates) as BucketName[]) {
    const amount = BigInt(buckets[bucket] ?? 0) * BigInt(rates[bucket] ?? 0)
    if (isToolBucket(bucket)) tools += amount
    else tokens += amount
  }
  const { numerator, denominator } = parseFraction(geoFactor, 'geoFactor')
  return { numerator: tokens * numerator + tools * denominator, denominator }
}

function readFee({ perToken = '0', share = '0/1', perCall = '0' }: RecordedFee): FeeRates {
  const [numerator = '0', denominator = '1'] = share.split('/')
  return {
    perToken: BigInt(perToken),
    share: { numerator: BigInt(numerator), denominator: BigInt(denominator) },
    perCall: BigInt(perCall),
  }
}
