import type { ModelEntry } from './model.ts'

/** Models by name, case-insensitive. An id wins over an alias, the earlier model over the later. */
export interface ModelNames {
  get(name: string): ModelEntry | undefined
}

/** One look-up in one Map; exact names only, never a prefix. */
export function createModelNames(models: readonly ModelEntry[]): ModelNames {
  const names = new Map<string, ModelEntry>()
  const add = (name: string, model: ModelEntry): void => {
    const key = name.toLowerCase()
    if (!names.has(key)) names.set(key, model)
  }
  for (const model of models) add(model.id, model)
  for (const model of models) for (const alias of model.aliases) add(alias, model)
  return { get: (name) => names.get(name.toLowerCase()) }
}
