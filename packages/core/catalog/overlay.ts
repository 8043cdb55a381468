import { readdirSync, readFileSync } from 'node:fs'
import type { ModelEntry } from '../src/models/model.ts'
import { kindsOf, modalitiesOf } from './kinds.ts'
import { type OverlayPrice, priceFields, withPrices } from './overlay-prices.ts'
import { withoutDate } from './seed.ts'

/** One fact, as the page it comes from prints it. Facts are applied in the order they are written. */
export interface OverlayFact {
  readonly provider: string
  /** One id, several, or `*` for every model of the provider (of `kinds`, where given). */
  readonly model: string | readonly string[]
  readonly kinds?: readonly string[]
  readonly field: string
  readonly value: unknown
  /** Restricts a price fact to the version that ended then. */
  readonly validTo?: string
  readonly source: string
  readonly checkedAt: string
  readonly note?: string
}

const plainFields = new Set([
  'contextWindow',
  'deprecatedAt',
  'input',
  'kinds',
  'maxInputTokens',
  'maxOutputTokens',
  'name',
  'output',
  'released',
])
const ownFields = new Set(['aliases', 'copyOf', 'drop', 'fineTune', 'name', 'prices', 'released'])

export function readOverlay(): OverlayFact[] {
  const folder = new URL('./overlay/', import.meta.url)
  return readdirSync(folder)
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as OverlayFact[])
}

/** @throws Error on a fact about a model that is not there, and on an unknown field. */
export function applyOverlay(models: readonly ModelEntry[], facts: readonly OverlayFact[]): ModelEntry[] {
  return facts
    .filter(({ field }) => field !== 'fineTune')
    .reduce<ModelEntry[]>((current, fact) => applyFact(current, fact), [...models])
}

function applyFact(models: ModelEntry[], fact: OverlayFact): ModelEntry[] {
  if (fact.field === 'prices') return putPrices(models, fact)
  if (fact.field === 'copyOf') return [...models, copyOf(models, fact)]
  const targets = targetsOf(models, fact)
  if (fact.field === 'drop') return models.filter((model) => !targets.has(model))
  return models.map((model) => (targets.has(model) ? change(model, fact) : model))
}

function change(model: ModelEntry, fact: OverlayFact): ModelEntry {
  const priceField = priceFields[fact.field]
  if (priceField !== undefined) return { ...model, prices: priceField(model, fact) }
  if (fact.field === 'aliases') return { ...model, aliases: [...model.aliases, ...(fact.value as string[])] }
  if (!plainFields.has(fact.field)) throw new Error(`Unknown overlay field "${fact.field}".`)
  return { ...model, [fact.field]: fact.value }
}

/** The models a fact names, and their dated snapshots at the same price. */
function targetsOf(models: readonly ModelEntry[], fact: OverlayFact): Set<ModelEntry> {
  const sold = models.filter(({ provider }) => provider === fact.provider)
  if (fact.model === '*') {
    return new Set(sold.filter(({ kinds }) => kinds.some((kind) => fact.kinds?.includes(kind) ?? true)))
  }
  const named = [fact.model].flat().map((id) => find(sold, id))
  if (ownFields.has(fact.field)) return new Set(named)
  const ids = new Map(named.map((model) => [model.id, defaultRates(model)]))
  return new Set([
    ...named,
    ...sold.filter((model) => ids.get(withoutDate(model.id)) === defaultRates(model)),
  ])
}

const defaultRates = ({ prices }: ModelEntry): string =>
  JSON.stringify(prices.map(({ bands }) => bands.map(({ rows }) => rows.default)))

function find(models: readonly ModelEntry[], id: string): ModelEntry {
  const model = models.find((candidate) => candidate.id === id)
  if (model === undefined) throw new Error(`The overlay speaks of "${id}", which no input has.`)
  return model
}

function copyOf(models: readonly ModelEntry[], fact: OverlayFact): ModelEntry {
  const id = fact.model as string
  const base = find(
    models.filter(({ provider }) => provider === fact.provider),
    fact.value as string,
  )
  const { name: _name, released: _released, ...facts } = base
  return { ...facts, id, upstreamId: id, aliases: [] }
}

function putPrices(models: readonly ModelEntry[], fact: OverlayFact): ModelEntry[] {
  const id = fact.model as string
  const prices = withPrices(fact, fact.value as readonly OverlayPrice[])
  const known = models.find((model) => model.id === id && model.provider === fact.provider)
  if (known !== undefined) return models.map((model) => (model === known ? { ...known, prices } : model))
  const { provider } = fact
  const entry = { id, provider, upstreamId: id, aliases: [], kinds: kindsOf(provider, id), prices }
  return [...models, { ...entry, ...modalitiesOf(id) }]
}

/** Fine-tunes by base: the base model's facts at the prices of its fine-tunes. */
export function fineTunes(models: readonly ModelEntry[], facts: readonly OverlayFact[]): ModelEntry[] {
  return facts
    .filter(({ field }) => field === 'fineTune')
    .map((fact) => {
      const base = find(
        models.filter(({ provider }) => provider === fact.provider),
        fact.model as string,
      )
      const { aliases, ...rates } = fact.value as { readonly aliases: readonly string[] }
      const price = { rates: rates as Readonly<Record<string, string>> }
      return { ...base, aliases, prices: withPrices(fact, [price]) }
    })
}
