import { GatewayError } from '../errors/gateway-error.ts'
import { formatDecimal, scaleDecimal } from './decimal.ts'

/** Integer nano-dollars (1e-9 USD). */
export type Nano = bigint

/** The most that one amount or one account may hold, about 9 million dollars: what Lua, SQLite and JSON keep exact. */
export const maxNano: Nano = 2n ** 53n - 1n

/**
 * Makes sure that an amount is between 0 and `maxNano`.
 *
 * @throws GatewayError `invalid_request` that names `field`.
 */
export function assertNano(value: unknown, field: string): asserts value is Nano {
  if (typeof value === 'bigint' && value >= 0n && value <= maxNano) return
  throw new GatewayError({
    code: 'invalid_request',
    message: `"${field}" must be an amount between 0 and ${formatUsd(maxNano)} USD.`,
    param: field,
  })
}

/**
 * Reads US dollars from decimal text. Numbers are refused: they have lost digits before they arrive.
 *
 * @throws GatewayError `invalid_request` that names `field`: not plain digits, negative, finer than a
 * nano-dollar, or above `maxNano`.
 * @example
 * parseUsd('25.00', 'amount') // 25_000_000_000n
 */
export function parseUsd(text: string, field: string): Nano {
  const amount = scaleDecimal(text, 9, field)
  assertNano(amount, field)
  return amount
}

/**
 * Nano-dollars as US dollars, always with nine decimals.
 *
 * @example
 * formatUsd(24_999_994_385n) // '24.999994385'
 */
export function formatUsd(nano: Nano): string {
  return formatDecimal(nano, 9)
}

/** The smaller amount; `Math.min` takes no bigint. */
export function minNano(left: Nano, right: Nano): Nano {
  if (left < right) return left
  return right
}
