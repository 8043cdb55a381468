import { parseFraction, scaleDecimal } from '../src/billing/decimal.ts'

/**
 * `text × 10^places` as an exact integer: `wholeUnits('2.5', 6)` is 2,500,000, the picodollars a token costs
 * at $2.50 per million.
 *
 * @throws GatewayError when the text is no plain decimal or the result is not whole.
 */
export function wholeUnits(text: string, places: number): number {
  return Number(scaleDecimal(text, places, 'rate'))
}

/** `units × factor`, whole or an error; the factor is decimal text. */
export function timesFactor(units: number, factor: string): number {
  const { numerator, denominator } = parseFraction(factor, 'factor')
  const product = BigInt(units) * numerator
  if (product % denominator !== 0n) throw new Error(`${units} times ${factor} is not a whole picodollar.`)
  return Number(product / denominator)
}
