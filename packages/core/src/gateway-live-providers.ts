import type { ConfiguredProvider } from './call/services.ts'
import { reachProvider, type Surroundings, type Transports } from './gateway-transports.ts'
import { createModelIndex, type ModelIndex } from './models/model-index.ts'
import type { ProviderSetup } from './options/configure-providers.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import type { Health } from './upstream/health/health.ts'

/** What calls go by: both are replaced in one step, so that nobody sees the one without the other. */
export interface LiveTable {
  readonly models: ModelIndex
  readonly providers: ReadonlyMap<string, ConfiguredProvider>
}

/** The providers of the options and those that are stored, as they are now. */
export interface LiveProviders {
  readonly table: LiveTable
  /** The models of whatever table there is when they are asked for; for what is made once. */
  readonly models: ModelIndex
  /** What calls reach, whatever it is made of. */
  setups(): readonly ProviderSetup[]
  /** Calls that begin from now on go by the options and these. */
  replace(stored: readonly ProviderSetup[]): void
}

export interface LiveProvidersOptions extends Surroundings {
  readonly resolved: Pick<ResolvedOptions, 'providers' | 'models'>
  readonly transports: Transports
  readonly health: Pick<Health, 'forgetProvider'>
  /** Called behind each change. */
  readonly onReplace: () => void
}

/** Providers that may be replaced while calls are under way: those keep what they began with. */
export function createLiveProviders(options: LiveProvidersOptions): LiveProviders {
  const { resolved, transports, health, onReplace } = options
  const reach = (setup: ProviderSetup) => [setup.id, reachProvider(setup, options)] as const
  const fixed = resolved.providers.map(reach)
  const table: { models: ModelIndex; providers: ReadonlyMap<string, ConfiguredProvider> } = {
    models: resolved.models,
    providers: new Map(fixed),
  }
  let stored: ReadonlyMap<string, ProviderSetup> = new Map()

  /** Those that are elsewhere now, or gone: what is known of their health was of another place. */
  const moved = (next: ReadonlyMap<string, ProviderSetup>) =>
    [...stored.values()].filter((setup) => {
      const after = next.get(setup.id)
      return after === undefined || placeOf(after) !== placeOf(setup)
    })

  return {
    table,
    models: followModels(table),
    setups: () => [...resolved.providers, ...stored.values()],
    replace(setups) {
      const next = new Map(setups.map((setup) => [setup.id, setup]))
      const models = createModelIndex({ providers: [...resolved.providers, ...setups] })
      const before = table.providers
      const kept = setups.map((setup) => {
        const known = before.get(setup.id)
        return known && stored.get(setup.id) === setup ? ([setup.id, known] as const) : reach(setup)
      })
      const leaving = moved(next)
      table.models = models
      table.providers = new Map([...fixed, ...kept])
      stored = next
      for (const { id } of leaving) health.forgetProvider(id)
      const origins = new Set([...table.providers.values()].map(({ origin }) => origin))
      for (const { origin } of before.values()) if (!origins.has(origin)) transports.http.release(origin)
      onReplace()
    },
  }
}

/** Where requests go, and as whom. */
function placeOf({ baseUrl, search, apiKey, headers }: ProviderSetup): string {
  return JSON.stringify([baseUrl, search, apiKey, headers])
}

function followModels(table: LiveTable): ModelIndex {
  return {
    resolve: (requested) => table.models.resolve(requested),
    lookUp: (requested) => table.models.lookUp(requested),
    offers: (requested) => table.models.offers(requested),
    list: () => table.models.list(),
    find: (provider, model) => table.models.find(provider, model),
    pricesOf: (provider, model, dispatched) => table.models.pricesOf(provider, model, dispatched),
  }
}
