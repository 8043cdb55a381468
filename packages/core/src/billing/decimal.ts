import { GatewayError } from '../errors/gateway-error.ts'

/** An exact ratio; the denominator is positive. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** The factor that changes nothing. */
export const one: Fraction = { numerator: 1n, denominator: 1n }
export const zero: Fraction = { numerator: 0n, denominator: 1n }

/** The exact sum. */
export function add(left: Fraction, right: Fraction): Fraction {
  if (left.denominator === right.denominator) {
    return { numerator: left.numerator + right.numerator, denominator: left.denominator }
  }
  return {
    numerator: left.numerator * right.denominator + right.numerator * left.denominator,
    denominator: left.denominator * right.denominator,
  }
}

/** The exact product. */
export function multiply(left: Fraction, right: Fraction): Fraction {
  return {
    numerator: left.numerator * right.numerator,
    denominator: left.denominator * right.denominator,
  }
}

const plainDecimal = /^\d{1,16}(?:\.\d{1,400})?$/

function split(text: string, field: string): { whole: string; decimals: string } {
  if (typeof text !== 'string' || !plainDecimal.test(text)) {
    throw new GatewayError({
      code: 'invalid_request',
      message: `"${field}" must be a non-negative decimal as text, for instance "2.50".`,
      param: field,
    })
  }
  const [whole = '', decimals = ''] = text.split('.')
  return { whole, decimals }
}

/**
 * Decimal text times 10^`places`, exactly: `('2.5', 6)` is `2500000n`.
 *
 * @throws GatewayError `invalid_request` that names `field`, for anything but plain non-negative digits and
 * for digits beyond `places` that are not zero.
 */
export function scaleDecimal(text: string, places: number, field: string): bigint {
  const { whole, decimals } = split(text, field)
  if (/[1-9]/.test(decimals.slice(places))) {
    throw new GatewayError({
      code: 'invalid_request',
      message: `"${field}" may have at most ${places} decimals.`,
      param: field,
    })
  }
  return BigInt(whole + decimals.slice(0, places).padEnd(places, '0'))
}

/** Like `scaleDecimal`, but finer digits round up. For amounts that others write. */
export function scaleDecimalUp(text: string, places: number, field: string): bigint {
  const { whole, decimals } = split(text, field)
  const scaled = BigInt(whole + decimals.slice(0, places).padEnd(places, '0'))
  return /[1-9]/.test(decimals.slice(places)) ? scaled + 1n : scaled
}

/** Decimal text as an exact ratio: `'1.1'` is 11/10. */
export function parseFraction(text: string, field: string): Fraction {
  const { whole, decimals } = split(text, field)
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) }
}

/**
 * The shortest text of a number, without its exponent: `2.5e-7` is `'0.00000025'`. Undefined for what is
 * negative or not finite.
 */
export function numberToDecimal(value: number): string | undefined {
  const parts = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))
  if (!parts) return undefined
  const [, whole = '', decimals = '', exponent = '0'] = parts
  const point = whole.length + Number(exponent)
  const digits = (whole + decimals).padEnd(point, '0')
  if (point >= digits.length) return digits
  return point > 0 ? `${digits.slice(0, point)}.${digits.slice(point)}` : `0.${'0'.repeat(-point)}${digits}`
}

/** The inverse of `scaleDecimal`: `(2500000n, 6)` is `'2.500000'`. */
export function formatDecimal(scaled: bigint, places: number): string {
  const sign = scaled < 0n ? '-' : ''
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0')
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** Integer division that rounds up, for non-negative numbers. */
export function ceilDivide(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator
}
