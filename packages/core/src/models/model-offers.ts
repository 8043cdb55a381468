import type { ModelEntry } from './model.ts'

/** The models that are sold under the id of this one, by every provider, itself included. */
export type ModelOffers = (entry: ModelEntry) => readonly ModelEntry[]

/** Made when it is first asked: most gateways never are. */
export function createOffers(models: readonly ModelEntry[]): ModelOffers {
  let byId: Map<string, ModelEntry[]> | undefined
  return (entry) => {
    byId ??= Map.groupBy(models, ({ id }) => id.toLowerCase())
    return byId.get(entry.id.toLowerCase()) ?? [entry]
  }
}
