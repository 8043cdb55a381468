import { type Fraction, parseFraction, scaleDecimal } from './decimal.ts'

/** What the gateway itself charges, US dollars (or percent) as decimal text. */
export interface FeeOptions {
  /** USD per million tokens, input and output alike. */
  readonly perMillionTokens?: string
  /** Of the model cost that is charged, so nothing on an account's own credential. */
  readonly percent?: string
  /** USD per call. */
  readonly perCall?: string
}

/** A processing fee, parsed. Rates are picodollars. */
export interface FeeRates {
  readonly perToken: bigint
  /** Of the model cost: 5 percent is 5/100. */
  readonly share: Fraction
  readonly perCall: bigint
}

/**
 * Parses the processing fee once, at start. Options that are given replace the default as a whole.
 *
 * @throws GatewayError `invalid_request` that names the option at fault.
 * @example
 * parseFee({ percent: '5' })
 */
export function parseFee(options: FeeOptions = { perMillionTokens: '0.05' }): FeeRates {
  const percent = parseFraction(options.percent ?? '0', 'fee.percent')
  return {
    perToken: scaleDecimal(options.perMillionTokens ?? '0', 6, 'fee.perMillionTokens'),
    share: { numerator: percent.numerator, denominator: percent.denominator * 100n },
    perCall: scaleDecimal(options.perCall ?? '0', 12, 'fee.perCall'),
  }
}
