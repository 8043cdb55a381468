import type { ModelEntry } from './model.ts'

const fineTuneId = /^ft:([^:]+):./

/** Finds the price of a fine-tuned model by the base that its id names: `ft:<base>:<organisation>:…`. */
export type FineTunes = (provider: string, id: string) => ModelEntry | undefined

/** @param table Fine-tune prices by base model. A base that is not in it has no price. */
export function createFineTunes(table: readonly ModelEntry[]): FineTunes {
  const byBase = new Map(
    table.flatMap((entry) =>
      [entry.id, ...entry.aliases].map((base) => [`${entry.provider}:${base}`, entry] as const),
    ),
  )
  return (provider, id) => {
    const base = fineTuneId.exec(id)?.[1]
    const entry = base === undefined ? undefined : byBase.get(`${provider}:${base.toLowerCase()}`)
    if (entry === undefined) return undefined
    const { name: _name, released: _released, ...facts } = entry
    return { ...facts, id, upstreamId: id, aliases: [] }
  }
}
