import type { ConditionalPrice, ModelInfo, ModelPrice } from '@pydantic/genai-prices'
import type { PriceBand, PriceVersion, RateRow } from '../src/billing/price.ts'
import { wholeUnits } from './decimal.ts'
import { type PrintedRates, toRow } from './rates.ts'

/** The seed's data reaches to this day. */
export const seedSource = { source: ['@pydantic/genai-prices@0.1.8'], checkedAt: '2026-09-22' } as const

const rateNames: Readonly<Record<string, string>> = {
  input_mtok: 'input',
  output_mtok: 'output',
  cache_read_mtok: 'cachedInput',
  cache_write_mtok: 'cacheWrite',
  cache_write_1h_mtok: 'cacheWrite1h',
  input_audio_mtok: 'audioInput',
  output_audio_mtok: 'audioOutput',
  cache_audio_read_mtok: 'cachedAudioInput',
  input_image_mtok: 'imageInput',
  output_image_mtok: 'imageOutput',
  cache_image_read_mtok: 'cachedImageInput',
  audio_hours: 'perHour',
  input_audio_hours: 'perHour',
}
const feeNames: Readonly<Record<string, 'web_search' | 'file_search'>> = {
  web_searches_kcount: 'web_search',
  storage_searches_kcount: 'file_search',
}

interface Tiered {
  readonly base: number
  readonly tiers: readonly { readonly start: number; readonly price: number }[]
}
type PriceValue = number | Tiered

/** @throws Error on a key that this build does not know, and on a daily window. */
export function seedPrices(provider: string, model: ModelInfo): PriceVersion[] {
  const list: ConditionalPrice[] = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }]
  const starts = list.map(({ constraint }) => {
    if (constraint?.type === 'time_of_date') {
      throw new Error(`${provider}:${model.id} has a daily window, which belongs in the overlay.`)
    }
    return constraint?.start_date ?? null
  })
  return list.map(({ prices }, index) => ({
    validFrom: starts[index] ?? null,
    validTo: starts[index + 1] ?? null,
    bands: toBands(provider, prices),
    ...toFees(prices),
    ...seedSource,
  }))
}

function toBands(provider: string, price: ModelPrice): PriceBand[] {
  const rates = Object.entries(price).filter(([key]) => feeNames[key] === undefined)
  const starts = [...new Set(rates.flatMap(([, value]) => tiersOf(value).map((tier) => tier.start)))]
  const bandAt = (start: number | undefined): RateRow =>
    toRow(provider, printed(rates.map(([key, value]) => [key, valueAt(value, start)])))
  return [
    { when: null, rows: { default: bandAt(undefined) } },
    ...starts
      .sort((left, right) => left - right)
      .map((start) => ({ when: threshold(start), rows: { default: bandAt(start) } })),
  ]
}

/** The seed fires above `start`; a start one below a round number is how it writes "from". */
export function threshold(start: number): NonNullable<PriceBand['when']> {
  return start % 1000 === 999 ? { op: 'gte', tokens: start + 1 } : { op: 'gt', tokens: start }
}

const tiersOf = (value: ModelPrice[string]): Tiered['tiers'] =>
  typeof value === 'object' ? (value as Tiered).tiers : []

function valueAt(value: ModelPrice[string], start: number | undefined): number {
  const known = value as PriceValue
  if (typeof known === 'number') return known
  return known.tiers.find((tier) => tier.start === start)?.price ?? known.base
}

function printed(rates: readonly (readonly [string, number])[]): PrintedRates {
  const result: Record<string, string> = {}
  for (const [key, value] of rates) {
    const name = rateNames[key]
    if (name === undefined) throw new Error(`Unknown price key "${key}".`)
    if ((result[name] ?? String(value)) !== String(value)) throw new Error(`Two values for "${name}".`)
    result[name] = String(value)
  }
  return result
}

function toFees(price: ModelPrice): Pick<PriceVersion, 'fees'> {
  const fees = Object.entries(price).flatMap(([key, value]) => {
    const name = feeNames[key]
    return name === undefined ? [] : [[name, wholeUnits(String(value), 9)] as const]
  })
  return fees.length === 0 ? {} : { fees: Object.fromEntries(fees) }
}
