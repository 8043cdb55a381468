import { GatewayError } from '../errors/gateway-error.ts'
import { countInputTokens, countOutputTokens } from './buckets.ts'
import { add, ceilDivide, type Fraction, multiply, parseFraction, zero } from './decimal.ts'
import type { FeeRates } from './fee.ts'
import { type ChargedRates, type ModelCost, priceUsage } from './model-cost.ts'
import { maxNano, type Nano } from './money.ts'
import type { PriceVersion } from './price.ts'
import { unpriced } from './unpriced.ts'
import type { Usage } from './usage.ts'

/** Whose upstream credential served the call: the operator's, or the account's own. */
export type Credential = 'managed' | 'own'

export interface ChargeRequest {
  /** Of the model that answered. */
  readonly prices: readonly PriceVersion[]
  readonly usage: Usage
  readonly fee: FeeRates
  readonly credential: Credential
  /** When the call was made, milliseconds since the epoch. */
  readonly at: number
  /** Factor on the model cost (contract, markup) as decimal text. */
  readonly multiplier?: string
  /** Prices of another model that took part (`Usage.passes`). */
  readonly pricesOf?: (model: string) => readonly PriceVersion[] | undefined
}

/** What a call costs: `modelCost` and `fee` add up to `total`. The rest says how it was computed. */
export interface Charge {
  readonly modelCost: Nano
  readonly fee: Nano
  readonly total: Nano
  readonly rates: ChargedRates
  /** The factor that the region put on token rates. */
  readonly geo?: string
  readonly multiplier?: string
  readonly passes?: readonly { readonly model: string; readonly rates: ChargedRates }[]
}

const picoPerNano = 1000n
const free: ModelCost = { picodollars: zero, rates: {} }

interface PricedPass {
  readonly model: string
  readonly cost: ModelCost
}

const none: readonly PricedPass[] = []

function pricePasses({ usage, at, pricesOf }: ChargeRequest): readonly PricedPass[] {
  if (!usage.passes) return none
  return usage.passes.map(({ model, buckets }) => {
    const prices = pricesOf?.(model)
    if (!prices) throw unpriced(`the model "${model}", which took part in the answer`, 'model')
    return { model, cost: priceUsage(prices, { buckets, source: usage.source }, at) }
  })
}

/** What a fee is taken on beside the model cost. */
export type FeeUsage = Pick<Usage, 'buckets' | 'passes'>

function countTokens({ buckets, passes = [] }: FeeUsage): number {
  let total = countInputTokens(buckets) + countOutputTokens(buckets)
  for (const pass of passes) total += countInputTokens(pass.buckets) + countOutputTokens(pass.buckets)
  return total
}

/** The processing fee in picodollars. */
function feeOn(modelCost: Fraction, tokens: number, fee: FeeRates): Fraction {
  const flat = BigInt(tokens) * fee.perToken + fee.perCall
  const share = fee.share.numerator === 0n ? zero : multiply(modelCost, fee.share)
  return add(share, { numerator: flat, denominator: 1n })
}

function toNano({ numerator, denominator }: Fraction): Nano {
  const amount = ceilDivide(numerator, denominator * picoPerNano)
  if (amount <= maxNano) return amount
  throw new GatewayError({
    code: 'internal',
    message: 'The usage reported for this call is not credible.',
  })
}

/** Model cost and fee from an exact cost in picodollars, rounded up once on their sum. */
export function chargeOf(modelCost: Fraction, usage: FeeUsage, feeRates: FeeRates) {
  const feeCost = feeOn(modelCost, countTokens(usage), feeRates)
  const total = toNano(add(modelCost, feeCost))
  const fee = toNano(feeCost)
  return { modelCost: total - fee, fee, total }
}

/** What `chargeOf` makes of so many tokens in all: holds are computed far more often than they are taken apart. */
export function totalOf(modelCost: Fraction, tokens: number, feeRates: FeeRates): Nano {
  return toNano(add(modelCost, feeOn(modelCost, tokens, feeRates)))
}

/**
 * Computes what a call costs: its buckets at the rates of the model, tier and band that served it, plus the
 * processing fee on all tokens, rounded up once on the total. The fee is rounded up too and the model cost is
 * the difference, so that the parts add up. On an account's own credential only the fee is charged. Passes of
 * other models are priced by their own prices at the default tier.
 *
 * @throws GatewayError `model_not_priced` when a bucket above 0, a pass or the tier has no rate;
 * `internal` when the total exceeds `maxNano`.
 * @example
 * const { total } = computeCharge({ prices, usage, fee: parseFee(), credential: 'managed', at: Date.now() })
 */
export function computeCharge(request: ChargeRequest): Charge {
  const { usage, at, multiplier } = request
  const managed = request.credential === 'managed'
  const main: ModelCost = managed ? priceUsage(request.prices, usage, at) : free
  const passes = managed ? pricePasses(request) : none
  const sum = passes.reduce((amount, pass) => add(amount, pass.cost.picodollars), main.picodollars)
  const cost = multiplier === undefined ? sum : multiply(sum, parseFraction(multiplier, 'multiplier'))
  const { modelCost, fee, total } = chargeOf(cost, usage, request.fee)
  const charge: Charge = { modelCost, fee, total, rates: main.rates }
  // What nearly every charge is: spreads of what is not there are slow.
  if (main.geo === undefined && multiplier === undefined && passes.length === 0) return charge
  return {
    ...charge,
    ...(main.geo !== undefined && { geo: main.geo }),
    ...(multiplier !== undefined && { multiplier }),
    ...(passes.length > 0 && { passes: passes.map(({ model, cost }) => ({ model, rates: cost.rates })) }),
  }
}
