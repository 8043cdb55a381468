import type { ModelOptions } from '../options/options.ts'
import { customModels } from './custom-models.ts'
import type { ModelEntry } from './model.ts'
import { createModelNames, type ModelNames } from './model-names.ts'

/** A provider that is set up, with the models its operator wrote. */
export interface ModelProvider {
  readonly id: string
  readonly models?: Readonly<Record<string, ModelOptions>> | undefined
}

/** One provider's models, catalogued and custom. */
export interface ProviderModels {
  readonly models: readonly ModelEntry[]
  readonly names: ModelNames
  /** Every name of those that are disabled, lower case. */
  readonly disabled: ReadonlySet<string>
  /** By the provider's own names, lower case: what answers call themselves. */
  readonly upstream: ReadonlyMap<string, ModelEntry>
  /** Those at a price that the operator wrote. */
  readonly priced: ReadonlySet<ModelEntry>
}

/** Of models that an operator wrote: the table they were written into, for as long as a call has one of them. */
const homes = new WeakMap<ModelEntry, ProviderModels>()

/** The table that a model was written into, which may have been replaced since; undefined for catalogued ones. */
export function homeOf(entry: ModelEntry): ProviderModels | undefined {
  return homes.get(entry)
}

/** @throws GatewayError `invalid_request` that names the option at fault. */
export function tableModels(provider: ModelProvider, catalog: readonly ModelEntry[]): ProviderModels {
  const catalogued = catalog.filter((entry) => entry.provider === provider.id)
  const custom = customModels(provider.id, provider.models ?? {}, catalogued)
  const replaced = new Set(custom.map(({ entry }) => entry.id.toLowerCase()))
  const models = [
    ...catalogued.filter(({ id }) => !replaced.has(id.toLowerCase())),
    ...custom.filter(({ disabled }) => !disabled).map(({ entry }) => entry),
  ]
  const disabled = custom.filter((model) => model.disabled).map(({ entry }) => entry)
  const priced = new Set(custom.filter((model) => model.priced).map(({ entry }) => entry))
  const names = createModelNames(models)
  const table = { models, names, disabled: namesOf(disabled), upstream: byUpstreamId(models), priced }
  for (const { entry } of custom) homes.set(entry, table)
  return table
}

/** A disabled model is not to be had under its provider's own name either. */
function namesOf(disabled: readonly ModelEntry[]): ReadonlySet<string> {
  const all = disabled.flatMap(({ id, upstreamId, aliases }) => [id, upstreamId, ...aliases])
  return new Set(all.map((name) => name.toLowerCase()))
}

/** A model listed under its provider's own name speaks for that name before one that borrows it. */
function byUpstreamId(models: readonly ModelEntry[]): Map<string, ModelEntry> {
  const result = new Map<string, ModelEntry>()
  for (const entry of models) {
    const key = entry.upstreamId.toLowerCase()
    if (entry.id.toLowerCase() === key || !result.has(key)) result.set(key, entry)
  }
  return result
}
