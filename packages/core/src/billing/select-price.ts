import type { PriceBand, PriceVersion, RateRow } from './price.ts'
import { unpriced } from './unpriced.ts'

const hourMs = 3_600_000

/** What decides which rates a call is priced at. */
export interface PriceSituation {
  /** When the call was made, milliseconds since the epoch. */
  readonly at: number
  /** All input tokens, cached ones included. */
  readonly totalInput: number
  readonly tier?: string | undefined
  readonly speed?: string | undefined
}

/** The rates of one call: picodollars per token and, in `fees`, per tool call. */
export interface SelectedPrice {
  readonly row: RateRow
  readonly fees: NonNullable<PriceVersion['fees']>
  /** Factors on token rates by region, as decimal text. */
  readonly geo: NonNullable<PriceVersion['geo']>
}

/**
 * What providers call their ordinary service: `auto` leaves the choice to them and is never billed as such,
 * `standard` and `standard_only` are Anthropic's words, `on_demand` is Groq's.
 */
const ordinaryTiers = new Set(['default', 'standard', 'standard_only', 'auto', 'on_demand'])

const none = {}

function rowName(tier: string | undefined, speed: string | undefined): string {
  const tierName = tier === undefined || ordinaryTiers.has(tier) ? 'default' : tier
  if (speed === undefined || speed === 'standard') return tierName
  return tierName === 'default' ? speed : `${tierName}-${speed}`
}

function isInWindow(hours: NonNullable<PriceVersion['hours']>, at: number): boolean {
  const local = at + (hours.utcOffsetHours ?? 0) * hourMs
  // The epoch was a Thursday, day 4 of a week that begins on Monday.
  const weekday = ((Math.floor(local / (24 * hourMs)) + 3) % 7) + 1
  if (hours.weekdays && !hours.weekdays.includes(weekday)) return false
  const hour = (at / hourMs) % 24
  return hours.ranges.some(([from, to]) =>
    from <= to ? hour >= from && hour < to : hour >= from || hour < to,
  )
}

/** From when until when a version holds, milliseconds since the epoch. */
type Validity = readonly [from: number, to: number]

/** Dates are read once: reading them for every call costs as much as pricing it. */
const validities = new WeakMap<PriceVersion, Validity>()

function validityOf(version: PriceVersion): Validity {
  const known = validities.get(version)
  if (known) return known
  const { validFrom, validTo } = version
  const validity: Validity = [
    validFrom === null ? Number.NEGATIVE_INFINITY : Date.parse(validFrom),
    validTo === null ? Number.POSITIVE_INFINITY : Date.parse(validTo),
  ]
  validities.set(version, validity)
  return validity
}

function holdsAt(version: PriceVersion, at: number): boolean {
  const [from, to] = validityOf(version)
  if (at < from || at >= to) return false
  return version.hours === undefined || isInWindow(version.hours, at)
}

function versionAt(prices: readonly PriceVersion[], at: number): PriceVersion | undefined {
  return prices.findLast((version) => holdsAt(version, at))
}

/** The band with the highest threshold that the input passes. */
function bandFor(version: PriceVersion, totalInput: number): PriceBand | undefined {
  let chosen: PriceBand | undefined
  for (const band of version.bands) {
    const { when } = band
    if (when && !(when.op === 'gt' ? totalInput > when.tokens : totalInput >= when.tokens)) continue
    if (!chosen?.when || (when && when.tokens >= chosen.when.tokens)) chosen = band
  }
  return chosen
}

/**
 * Chooses the rates of one call. Of several versions that hold at the same time the last one counts, so a
 * daily window stands behind the price it interrupts. `default`, `standard`, `standard_only`, `auto`,
 * `on_demand` and no tier at all mean the row `default`; a speed other than `standard` is a row of its own.
 *
 * @throws GatewayError `model_not_priced` when no version holds, or none has a row for this tier.
 */
export function selectPrice(prices: readonly PriceVersion[], situation: PriceSituation): SelectedPrice {
  const version = versionAt(prices, situation.at)
  const band = version && bandFor(version, situation.totalInput)
  if (!version || !band) throw unpriced('this model at this time', 'model')
  const name = rowName(situation.tier, situation.speed)
  const row = Object.hasOwn(band.rows, name) ? band.rows[name] : undefined
  if (!row) throw unpriced(`this model at the service tier or speed "${name}"`, 'service_tier')
  return { row, fees: version.fees ?? none, geo: version.geo ?? none }
}

/** True when a price is written down, at `at` where that is given. What is not priced is refused on credits. */
export function isPriced(prices: readonly PriceVersion[], at?: number): boolean {
  return at === undefined ? prices.length > 0 : versionAt(prices, at) !== undefined
}
