import type { RateRow } from '../src/billing/price.ts'
import type { ModelEntry } from '../src/models/model.ts'
import { type NewerModel, newerPrice, readNewer } from './newer.ts'

const keyOf = ({ provider, id }: ModelEntry): string => `${provider}:${id}`

/** The rates of a day, in the first band. */
function ratesOn(day: string, model: ModelEntry | undefined): RateRow {
  const version = model?.prices.findLast(({ validFrom, hours }) => !hours && (validFrom ?? '') <= day)
  return version?.bands[0]?.rows.default ?? {}
}

/** What a reviewer of a refresh should look at, in words. Nothing here fails a build. */
export function reviewNotes(models: readonly ModelEntry[], committed: readonly ModelEntry[]): string[] {
  const next = new Map(models.map((model) => [keyOf(model), model]))
  const removed = committed.filter((model) => !next.has(keyOf(model)))
  return [
    ...removed.map((model) => `${keyOf(model)} is gone`),
    ...committed.flatMap((model) => leaps(model, next.get(keyOf(model)))),
    ...disagreements(models),
  ]
}

function leaps(before: ModelEntry, after: ModelEntry | undefined): string[] {
  const today = new Date().toISOString().slice(0, 10)
  const rates = ratesOn(today, after)
  return Object.entries(ratesOn(today, before)).flatMap(([bucket, rate]) => {
    const next = rates[bucket as keyof RateRow] ?? rate
    return next > rate * 2 || next * 2 < rate
      ? [`${keyOf(before)} ${bucket} goes from ${rate} to ${next}`]
      : []
  })
}

function disagreements(models: readonly ModelEntry[]): string[] {
  const file = readNewer()
  return models.flatMap((model) => {
    const record = (file.models[model.provider] ?? []).find(({ id }: NewerModel) => id === model.id)
    if (record === undefined) return []
    const ours = ratesOn(file.provenance.checkedAt, model)
    const theirs = newerPrice(model.provider, record, file).bands[0]?.rows.default ?? {}
    return Object.entries(theirs)
      .filter(([bucket, rate]) => ours[bucket as keyof RateRow] !== rate)
      .map(([bucket, rate]) => `${keyOf(model)} ${bucket} is ${rate} in pi-ai`)
  })
}
