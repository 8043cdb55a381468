import type { PriceBand, PriceVersion, RateRow } from '../src/billing/price.ts'
import type { ModelEntry } from '../src/models/model.ts'
import { timesFactor, wholeUnits } from './decimal.ts'
import type { OverlayFact } from './overlay.ts'
import { bucketOf, type PrintedRates, toRow } from './rates.ts'

/** A whole price in a fact: USD per million tokens. */
export interface OverlayPrice {
  readonly from?: string
  readonly to?: string
  readonly hours?: PriceVersion['hours']
  readonly rates: PrintedRates
  /** The long band: every rate of it, above (`gt`) or from (`gte`) so many input tokens. */
  readonly long?: { readonly op: 'gt' | 'gte'; readonly tokens: number; readonly rates: PrintedRates }
}

type PriceField = (model: ModelEntry, fact: OverlayFact) => readonly PriceVersion[]

/** How each kind of price fact changes a model's prices. */
export const priceFields: Readonly<Record<string, PriceField>> = {
  rates: (model, fact) => eachVersion(model, fact, (band) => addRates(model.provider, band, fact)),
  tier: (model, fact) => eachVersion(model, fact, (band) => addTier(model.provider, band, fact)),
  band: (model, fact) =>
    eachVersion(model, fact, (band) =>
      band.when === null ? band : { ...band, when: fact.value as PriceBand['when'] },
    ),
  outputIs: (model, fact) => eachVersion(model, fact, (band) => moveOutput(band, fact)),
  fees: (model, fact) =>
    model.prices.map((price) => cite({ ...price, fees: { ...toFees(fact), ...price.fees } }, fact)),
  geo: (model, fact) =>
    model.prices.map((price) => cite({ ...price, geo: fact.value as Record<string, string> }, fact)),
}

export function withPrices(fact: OverlayFact, prices: readonly OverlayPrice[]): PriceVersion[] {
  return prices.map(({ from, to, hours, rates, long }) => ({
    validFrom: from ?? null,
    validTo: to ?? null,
    ...(hours === undefined ? {} : { hours }),
    bands: [
      { when: null, rows: { default: toRow(fact.provider, rates) } },
      ...(long === undefined
        ? []
        : [
            {
              when: { op: long.op, tokens: long.tokens },
              rows: { default: toRow(fact.provider, long.rates) },
            },
          ]),
    ],
    source: [fact.source],
    checkedAt: fact.checkedAt,
  }))
}

function eachVersion(model: ModelEntry, fact: OverlayFact, toBand: (band: PriceBand) => PriceBand) {
  return model.prices.map((price) =>
    fact.validTo !== undefined && fact.validTo !== price.validTo
      ? price
      : cite({ ...price, bands: price.bands.map(toBand) }, fact),
  )
}

/** A price is as old as the oldest of its facts. */
function cite(price: PriceVersion, { source, checkedAt }: OverlayFact): PriceVersion {
  return {
    ...price,
    source: [...new Set([...price.source, source])],
    checkedAt: checkedAt < price.checkedAt ? checkedAt : price.checkedAt,
  }
}

const defaultRow = (band: PriceBand): RateRow => band.rows.default ?? {}

/** A rate is a number, or a multiple of the band's input rate: `2x`. */
function addRates(provider: string, band: PriceBand, fact: OverlayFact): PriceBand {
  const row = defaultRow(band)
  const added = Object.entries(fact.value as PrintedRates).map(([name, text]) =>
    text.endsWith('x')
      ? { [bucketOf(provider, name)]: timesFactor(row.text_in ?? 0, text.slice(0, -1)) }
      : toRow(provider, { [name]: text }),
  )
  return { ...band, rows: { ...band.rows, default: Object.assign({}, row, ...added) } }
}

interface TierValue {
  readonly names: readonly string[]
  /** On every token rate of the default row, in every band … */
  readonly factor?: string
  /** … or the rates as printed, for the first band only. */
  readonly rates?: PrintedRates
}

function addTier(provider: string, band: PriceBand, fact: OverlayFact): PriceBand {
  const { names, factor, rates } = fact.value as TierValue
  const row = factor === undefined ? printedRow(provider, band, rates) : scaled(defaultRow(band), factor)
  return row === undefined
    ? band
    : { ...band, rows: { ...band.rows, ...Object.fromEntries(names.map((name) => [name, row])) } }
}

const printedRow = (provider: string, band: PriceBand, rates: PrintedRates = {}): RateRow | undefined =>
  band.when === null ? toRow(provider, rates) : undefined

function scaled(row: RateRow, factor: string): RateRow {
  const tokens = Object.entries(row).filter(([bucket]) => bucket !== 'seconds_in')
  return Object.fromEntries(tokens.map(([bucket, rate]) => [bucket, timesFactor(rate, factor)]))
}

/** Where the page's one output rate is for images or speech and not for text. */
function moveOutput(band: PriceBand, fact: OverlayFact): PriceBand {
  const { text_out, ...row } = defaultRow(band)
  const moved = text_out === undefined ? {} : { [fact.value as string]: text_out }
  return { ...band, rows: { ...band.rows, default: { ...row, ...moved } } }
}

/** USD per 1,000 calls of a server tool. */
function toFees(fact: OverlayFact): NonNullable<PriceVersion['fees']> {
  const printed = Object.entries(fact.value as Record<string, string>)
  return Object.fromEntries(printed.map(([name, text]) => [name, wholeUnits(text, 9)]))
}
