import { readFileSync } from 'node:fs'
import type { PriceBand, PriceVersion } from '../src/billing/price.ts'
import type { Modality, ModelEntry } from '../src/models/model.ts'
import { kindsOf, modalitiesOf } from './kinds.ts'
import { toRow } from './rates.ts'
import { withoutDate } from './seed.ts'

interface Cost {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

/** One record of `pi-ai.json`. USD per million tokens; 0 means that there is no such rate. */
export interface NewerModel {
  readonly id: string
  readonly name: string
  readonly input: readonly Modality[]
  readonly contextWindow: number
  readonly maxTokens: number
  readonly cost: Cost & { readonly tiers?: readonly (Cost & { readonly inputTokensAbove: number })[] }
}

interface NewerFile {
  readonly provenance: { readonly package: string; readonly version: string; readonly checkedAt: string }
  readonly models: Readonly<Record<string, readonly NewerModel[]>>
}

/** A window cut to the short price band, on models that take 1,050,000 tokens. */
const cutWindow = 272_000

export function readNewer(): NewerFile {
  return JSON.parse(readFileSync(new URL('./pi-ai.json', import.meta.url), 'utf8'))
}

/** Adds the models that the seed lacks, and limits and names to those it has. Its prices never win. */
export function addNewer(provider: string, seed: readonly ModelEntry[], file: NewerFile): ModelEntry[] {
  const records = new Map((file.models[provider] ?? []).map((record) => [record.id, record]))
  const known = new Set(seed.map(({ id }) => id))
  const added = [...records.values()]
    .filter((record) => !known.has(record.id))
    .map((record): ModelEntry => {
      const { id } = record
      const entry = { id, provider, upstreamId: id, aliases: [], kinds: kindsOf(provider, id) }
      const prices = [newerPrice(provider, record, file)]
      return describe({ ...entry, ...modalitiesOf(id), prices }, record)
    })
  return [
    ...seed.map((entry) => describe(entry, records.get(entry.id) ?? records.get(withoutDate(entry.id)))),
    ...added,
  ]
}

function describe(entry: ModelEntry, record: NewerModel | undefined): ModelEntry {
  if (record === undefined) return entry
  return {
    ...entry,
    ...(record.id === entry.id ? { name: record.name.replace(' (latest)', '') } : {}),
    ...(record.contextWindow === cutWindow ? {} : { contextWindow: record.contextWindow }),
    ...(record.maxTokens > record.contextWindow ? {} : { maxOutputTokens: record.maxTokens }),
    input: record.input,
  }
}

/** @throws Error on a record without input and output rate: 0 is "unknown" here, never "free". */
export function newerPrice(provider: string, { id, cost }: NewerModel, file: NewerFile): PriceVersion {
  if (cost.input === 0 && cost.output === 0) throw new Error(`${provider}:${id} has no price.`)
  const long = (cost.tiers ?? []).map(
    (tier): PriceBand => ({
      when: { op: 'gt', tokens: tier.inputTokensAbove },
      rows: { default: costRow(provider, tier) },
    }),
  )
  return {
    validFrom: null,
    validTo: null,
    bands: [{ when: null, rows: { default: costRow(provider, cost) } }, ...long],
    source: [`${file.provenance.package}@${file.provenance.version}`],
    checkedAt: file.provenance.checkedAt,
  }
}

function costRow(provider: string, cost: Cost) {
  const rates = {
    input: cost.input,
    cachedInput: cost.cacheRead,
    cacheWrite: cost.cacheWrite,
    output: cost.output,
  }
  const present = Object.entries(rates).filter(([, rate]) => rate !== 0)
  return toRow(provider, Object.fromEntries(present.map(([name, rate]) => [name, String(rate)])))
}
