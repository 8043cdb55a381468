import { detailsAt, type Fields } from '../counts.ts'
import { formatDecimal, numberToDecimal, scaleDecimalUp } from '../decimal.ts'

/** Undefined for anything but a credible number of dollars. */
function picodollarsAt(fields: Fields, name: string): bigint | undefined {
  const value = fields[name]
  const text = typeof value === 'number' && value < 1e6 ? numberToDecimal(value) : undefined
  return text === undefined ? undefined : scaleDecimalUp(text, 12, name)
}

/**
 * Dollars that a provider says it charged, as decimal text: `usage.cost`, and on top of it what a key of the
 * operator's own at the provider (`is_byok`) was charged upstream. Read it only where such reports are real
 * charges; any server can write any number.
 */
export function readProviderCost(usage: Fields): string | undefined {
  const cost = picodollarsAt(usage, 'cost')
  if (cost === undefined) return undefined
  const upstream = picodollarsAt(detailsAt(usage, 'cost_details'), 'upstream_inference_cost')
  return formatDecimal(cost + (usage.is_byok === false ? 0n : (upstream ?? 0n)), 12)
}
