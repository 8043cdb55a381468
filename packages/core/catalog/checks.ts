import type { PriceBand, PriceVersion, RateRow } from '../src/billing/price.ts'
import { bucketNames } from '../src/billing/usage.ts'
import type { ModelEntry } from '../src/models/model.ts'

/** What is wrong with these models, in words; empty when they may be sold. */
export function findFaults(models: readonly ModelEntry[]): string[] {
  return [
    ...repeatedIds(models),
    ...models.flatMap((model) =>
      [...limitFaults(model), ...model.prices.flatMap((price) => priceFaults(model, price))].map(
        (fault) => `${model.provider}:${model.id} ${fault}`,
      ),
    ),
  ]
}

function repeatedIds(models: readonly ModelEntry[]): string[] {
  const keys = models.flatMap(({ provider, id, aliases }) =>
    [id, ...aliases].map((name) => `${provider}:${name.toLowerCase()}`),
  )
  return keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${key} is there twice`)
}

function limitFaults(model: ModelEntry): string[] {
  const { contextWindow, maxInputTokens, maxOutputTokens, kinds, prices } = model
  const limits = [contextWindow, maxInputTokens, maxOutputTokens].filter((limit) => limit !== undefined)
  return [
    ...(limits.every((limit) => Number.isSafeInteger(limit) && limit > 0)
      ? []
      : ['has a limit that is none']),
    ...(Math.max(0, ...limits) > (contextWindow ?? Infinity) ? ['has a limit beyond its window'] : []),
    ...(kinds.length === 0 ? ['has no kind'] : []),
    ...(prices.length === 0 ? ['has no price'] : []),
  ]
}

const answersInText = new Set(['chat', 'responses', 'messages'])

function priceFaults({ kinds }: ModelEntry, { bands, fees, source, checkedAt }: PriceVersion): string[] {
  const rows = bands.flatMap((band) => Object.values(band.rows))
  const needed = kinds.some((kind) => answersInText.has(kind))
  const rates = [...rows.flatMap((row) => Object.values(row)), ...Object.values(fees ?? {})]
  return [
    ...(source.length > 0 && /^\d{4}-\d{2}-\d{2}$/.test(checkedAt) ? [] : ['lacks source or date']),
    ...(bands[0]?.when === null && rows.length > 0 ? [] : ['lacks a first band']),
    ...(rates.every((rate) => Number.isSafeInteger(rate) && rate > 0) ? [] : ['has a rate that is none']),
    ...(rows.every(hasKnownBuckets) ? [] : ['has an unknown bucket']),
    ...(needed && !rows.every((row) => row.text_in && row.text_out) ? ['lacks input or output rate'] : []),
    ...(rows.every((row) => !row.cache_write_5m || row.cache_write_1h) ? [] : ['lacks one-hour writes']),
    ...(bands.every((band, index) => index === 0 || isDearer(bands[index - 1], band))
      ? []
      : ['has a long band that is cheaper']),
  ]
}

const known = new Set<string>(bucketNames)
const hasKnownBuckets = (row: RateRow): boolean => Object.keys(row).every((bucket) => known.has(bucket))

function isDearer(lower: PriceBand | undefined, higher: PriceBand): boolean {
  if ((lower?.when?.tokens ?? 0) >= (higher.when?.tokens ?? 0)) return false
  const before = lower?.rows.default ?? {}
  const after = higher.rows.default ?? {}
  return Object.entries(before).every(([bucket, rate]) => (after[bucket as keyof RateRow] ?? 0) >= rate)
}
