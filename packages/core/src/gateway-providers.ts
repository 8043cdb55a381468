import type { Access } from './access/access.ts'
import type { ProviderKeys } from './access/provider-keys.ts'
import type { ProviderRecords } from './access/stored-providers/provider-records.ts'
import { createProviderSecrets } from './access/stored-providers/provider-secrets.ts'
import type { Providers } from './access/stored-providers/providers.ts'
import type { Provider } from './access/stored-providers/stored-provider.ts'
import { createStoredProviders } from './access/stored-providers/stored-providers.ts'
import type { VirtualModels } from './access/virtual-models/virtual-models.ts'
import { createProviderDescriber } from './gateway-describe-provider.ts'
import type { LiveProviders } from './gateway-live-providers.ts'
import { secretsOf } from './gateway-logger.ts'
import { createReferencesOf } from './gateway-provider-references.ts'
import { createStoredProviderFeed, type StoredProviderFeed } from './gateway-stored-providers.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import { storedProviderSchema } from './options/schema.ts'
import { configureStored, isBuiltIn } from './options/stored-provider.ts'
import type { ResponseRecords } from './responses/response-records.ts'
import type { Health } from './upstream/health/health.ts'

export interface GatewayProvidersParts {
  readonly resolved: ResolvedOptions
  readonly records: ProviderRecords
  readonly live: LiveProviders
  readonly health: Health
  readonly providerKeys: Pick<ProviderKeys, 'list'>
  readonly configurations: Pick<Access['configurations'], 'list'>
  readonly virtualModels: Pick<VirtualModels, 'list'>
  readonly responses: Pick<ResponseRecords, 'runs'>
  /** See `StoredProviderFeedOptions`. */
  readonly cacheMs: number
}

export interface GatewayProviders extends Pick<StoredProviderFeed, 'isReady' | 'ready' | 'close'> {
  /** For the operator. */
  readonly providers: Providers
}

/** The providers of the options and those that are made at run time. */
export function createGatewayProviders(parts: GatewayProvidersParts): GatewayProviders {
  const { resolved, records, live, health, cacheMs } = parts
  const { secret, previousSecrets, logger, secretsInMemory } = resolved
  const secrets = createProviderSecrets(secret, previousSecrets)
  secretsInMemory.push(secrets.recent, () => live.setups().flatMap(secretsOf))
  const reserved = createReserved(resolved)
  const feed = createStoredProviderFeed({
    records,
    secrets,
    reserved,
    logger,
    replace: live.replace,
    cacheMs,
  })
  const describe = createProviderDescriber(live, health)
  const list = async (): Promise<Provider[]> => {
    await feed.reload()
    return [
      ...resolved.providers.map(describe.option),
      ...feed.loaded().map(({ record, problem }) => describe.stored(record, problem)),
    ]
  }
  const providers = createStoredProviders({
    records,
    rules: { shape: storedProviderSchema, configure: configureStored, reserved },
    secrets,
    table: { list, describe: (record) => describe.stored(record, undefined), changed: feed.changed },
    referencesOf: createReferencesOf(parts),
  })
  return {
    providers,
    get isReady() {
      return feed.isReady
    },
    ready: feed.ready,
    close: feed.close,
  }
}

function createReserved({ providerIds }: Pick<ResolvedOptions, 'providerIds'>) {
  const options = new Set(providerIds)
  return (id: string): string | undefined => {
    if (options.has(id)) return 'is set in the options of the gateway'
    return isBuiltIn(id) ? 'is that of a built-in provider' : undefined
  }
}
