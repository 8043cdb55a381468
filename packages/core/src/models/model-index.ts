import type { PriceVersion } from '../billing/price.ts'
import { catalog } from './catalog.ts'
import { createFineTunes } from './fine-tunes.ts'
import type { ModelEntry } from './model.ts'
import { createModelNames } from './model-names.ts'
import { createOffers } from './model-offers.ts'
import { homeOf, type ModelProvider, tableModels } from './model-table.ts'
import { assertModelName, disabledModel, unknownModel, unknownProvider } from './unknown-model.ts'

/** What a client's model name stands for. */
export interface Resolution {
  readonly provider: string
  /** What is sent to the provider. */
  readonly upstreamId: string
  /** The name the gateway itself lists: the bare id, or `provider:id` where the bare id is another's. */
  readonly publicId: string
  /** Undefined for a model that only its provider knows: no price, so refused on credits. */
  readonly entry: ModelEntry | undefined
}

/** Every model of the providers that are set up, by every name it may be called. */
export interface ModelIndex {
  /**
   * Exact ids and listed aliases, never a prefix: `gpt-4o`, `openai:gpt-4o`, `openai/gpt-4o`. A model that the
   * catalogue lacks goes upstream as written when its provider is named with a colon.
   *
   * @throws GatewayError `model_not_found` with the nearest name, `invalid_request` for what is no name.
   */
  resolve(requested: string): Resolution
  /**
   * The same; undefined for a name that nobody has.
   *
   * @throws GatewayError `invalid_request` for what is no name.
   */
  lookUp(requested: string): Resolution | undefined
  /**
   * Every provider's model of this very id, that of `lookUp` first; none for a name that nobody has. Who names a
   * provider gets no other.
   */
  offers(requested: string): readonly Resolution[]
  /** In the order of the providers. */
  list(): readonly ModelEntry[]
  find(provider: string, model: string): ModelEntry | undefined
  /**
   * The prices of the model that an answer names, undefined when no catalogue has that name. Told which entry
   * was dispatched, an operator's price for it wins over the catalogue's for the snapshot that answered.
   */
  pricesOf(
    provider: string,
    model: string,
    dispatched?: ModelEntry | undefined,
  ): readonly PriceVersion[] | undefined
}

export interface ModelIndexOptions {
  /** In order of preference: a bare id belongs to the first provider that has it. */
  readonly providers: readonly ModelProvider[]
  /** @default the catalogue that comes with the gateway */
  readonly catalog?: readonly ModelEntry[]
}

/**
 * @throws GatewayError `invalid_request` that names the option at fault.
 * @example
 * createModelIndex({ providers: [{ id: 'openai' }] }).resolve('GPT-4o').upstreamId // 'gpt-4o'
 */
export function createModelIndex({ providers, catalog: models }: ModelIndexOptions): ModelIndex {
  const catalogued = models ?? catalog.models
  const tables = new Map(providers.map((provider) => [provider.id, tableModels(provider, catalogued)]))
  const all = [...tables.values()].flatMap((table) => table.models)
  const bare = createModelNames(all)
  const fineTunes = createFineTunes(catalog.fineTunes.filter(({ provider }) => tables.has(provider)))
  const known = {
    providers: [...tables.keys()],
    models: all,
    others: catalogued.filter(({ provider }) => !tables.has(provider)),
  }
  /** By its provider's own name a model is the same model: at the same price, and as allowed as that. */
  const find = (provider: string, model: string) =>
    tables.get(provider)?.names.get(model) ??
    fineTunes(provider, model) ??
    tables.get(provider)?.upstream.get(model.toLowerCase())
  /** `a/b` that is no id as a whole: provider and model, both exact. */
  const slashed = (requested: string) => find(...split(requested, '/'))
  const fineTuned = (requested: string) =>
    known.providers.map((provider) => fineTunes(provider, requested)).find((entry) => entry !== undefined)
  const found = (entry: ModelEntry): Resolution => {
    const { provider, upstreamId, id } = entry
    return { provider, upstreamId, publicId: isBare(id, entry) ? id : `${provider}:${id}`, entry }
  }
  const isBare = (id: string, entry: ModelEntry) => (bare.get(id) ?? entry) === entry
  const offers = createOffers(all)
  const isDisabled = (requested: string) => {
    const [provider, model] = split(requested, ':')
    return tables.get(provider)?.disabled.has(model.toLowerCase()) === true
  }
  const lookUp = (requested: string): Resolution | undefined => {
    assertModelName(requested)
    const [provider, model] = split(requested, ':')
    const isQualified = tables.has(provider)
    const entry = isQualified
      ? find(provider, model)
      : (bare.get(requested) ?? slashed(requested) ?? fineTuned(requested))
    if (entry !== undefined) return found(entry)
    if (!isQualified || isDisabled(requested)) return undefined
    return { provider, upstreamId: model, publicId: requested, entry }
  }

  return {
    resolve(requested) {
      const resolution = lookUp(requested)
      if (resolution !== undefined) return resolution
      if (isDisabled(requested)) throw disabledModel(requested)
      const isOfProvider = requested.includes(':')
      throw isOfProvider ? unknownProvider(requested, known) : unknownModel(requested, known)
    },
    lookUp,
    offers(requested) {
      const owner = lookUp(requested)
      if (owner === undefined) return []
      if (owner.entry === undefined || bare.get(requested) !== owner.entry) return [owner]
      return offers(owner.entry).map(found)
    },
    list: () => all,
    find,
    pricesOf(provider, model, dispatched) {
      // A call is priced by the table that it began with, whatever has become of its provider since.
      const table = (dispatched && homeOf(dispatched)) ?? tables.get(provider)
      const served = table?.upstream.get(model.toLowerCase()) ?? fineTunes(provider, model)
      const isOurs = (entry: ModelEntry | undefined) => entry !== undefined && table?.priced.has(entry)
      return isOurs(dispatched) && !isOurs(served) ? dispatched?.prices : served?.prices
    },
  }
}

/** What stands before and after the first separator; nothing before, where there is none. */
function split(text: string, separator: string): [before: string, after: string] {
  const at = text.indexOf(separator)
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)]
}
