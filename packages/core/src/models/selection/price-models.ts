import type { EndpointKind, ModelEntry } from '../model.ts'
import type { ModelIndex, Resolution } from '../model-index.ts'
import { estimateDollars } from './estimate-dollars.ts'

/** A model with its place among all others. */
export interface PricedModel {
  readonly entry: ModelEntry
  readonly resolution: Resolution
  /** US dollars for three parts of input and one of output. */
  readonly dollars: number
}

/** Prices change by the day and by the hour. */
const hourMs = 3_600_000
const usual = { inputTokens: 3000, outputTokens: 1000 }
/** What a model is called for that converses. */
export const conversing: ReadonlySet<EndpointKind> = new Set<EndpointKind>(['chat', 'responses', 'messages'])

/**
 * The priced models that converse, the cheapest first: the same list until the table of models or the hour changes.
 * Dated snapshots are left out where the model that they are of costs the same, and so is what has been retired.
 */
export function priceModels(
  models: Pick<ModelIndex, 'list' | 'lookUp'>,
): (at: number) => readonly PricedModel[] {
  let table: readonly ModelEntry[] | undefined
  let hour = Number.NaN
  let sorted: readonly PricedModel[] = []
  return (at) => {
    const [entries, now] = [models.list(), Math.floor(at / hourMs)]
    if (entries === table && now === hour) return sorted
    table = entries
    hour = now
    sorted = withoutSnapshots(entries.flatMap((entry) => priced(models, entry, at))).sort(
      (left, right) => left.dollars - right.dollars,
    )
    return sorted
  }
}

/** What a model costs beside others, if it is one that may be chosen for a call: it converses, in text, for a price. */
export function comparablePrice(entry: ModelEntry, at: number): number | undefined {
  const { kinds, output, deprecatedAt } = entry
  if (!kinds.some((kind) => conversing.has(kind)) || !output.every((kind) => kind === 'text'))
    return undefined
  if (deprecatedAt !== undefined && Date.parse(deprecatedAt) <= at) return undefined
  return estimateDollars(entry, { at, ...usual })
}

function priced(models: Pick<ModelIndex, 'lookUp'>, entry: ModelEntry, at: number): PricedModel[] {
  const dollars = comparablePrice(entry, at)
  const resolution = models.lookUp(`${entry.provider}:${entry.id}`)
  return dollars === undefined || resolution === undefined ? [] : [{ entry, resolution, dollars }]
}

const date = /-\d{4}-?\d{2}-?\d{2}$/

function withoutSnapshots(models: readonly PricedModel[]): PricedModel[] {
  const nameOf = ({ provider, id }: ModelEntry) => `${provider}:${id}`
  const byName = new Map(models.map((model) => [nameOf(model.entry), model]))
  return models.filter(({ entry, dollars }) => {
    const name = nameOf(entry)
    const plain = name.replace(date, '')
    return plain === name || byName.get(plain)?.dollars !== dollars
  })
}
