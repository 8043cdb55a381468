import type { ProviderKeyRecord } from './access/provider-key.ts'
import { createProviderKeys } from './access/provider-keys.ts'
import { createProviderRecords } from './access/stored-providers/provider-records.ts'
import { sealedProviderSecrets } from './access/stored-providers/provider-secrets.ts'
import { createGatewayMark } from './call/gateway-mark.ts'
import { serve, serveUnknown } from './call/serve.ts'
import { listCallable } from './call/serve-models.ts'
import { serveUpgrade } from './call/sockets/serve-upgrade.ts'
import { keepResponses } from './call/stored-responses/upkeep.ts'
import { createCredits } from './credits/credits.ts'
import type { CreditDriver } from './credits/driver.ts'
import { startDriver } from './credits/start-driver.ts'
import { asGatewayError, GatewayError } from './errors/gateway-error.ts'
import type { Exchange } from './exchange/exchange.ts'
import { createWebExchange } from './exchange/web-exchange.ts'
import type { Gateway } from './gateway.ts'
import { createGatewayAccess, guardProviderKeys } from './gateway-access.ts'
import { endCalls } from './gateway-ending.ts'
import { createLiveProviders } from './gateway-live-providers.ts'
import { createGatewayProviders } from './gateway-providers.ts'
import { createServices } from './gateway-services.ts'
import { closeOnSignal } from './gateway-signals.ts'
import { sweepHolds } from './gateway-sweep.ts'
import { createTransports } from './gateway-transports.ts'
import { createGatewayVirtualModels } from './gateway-virtual-models.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import { createResponseRecords } from './responses/response-records.ts'
import type { Store } from './store/open-store.ts'
import { createHealth } from './upstream/health/health.ts'

const defaultDrainMs = 30_000
const sweepBatch = 500

export interface OpenParts {
  readonly resolved: ResolvedOptions
  readonly store: Store
  readonly credits: CreditDriver
  /**
   * How long calls under way have to end before their upstreams are cut, and a store has to take charges that would
   * be lost with this process, in milliseconds. @default 30_000
   */
  readonly drainMs?: number
  /** How long other processes may go on with a provider that was changed here, in milliseconds. @default 4000 */
  readonly providersCacheMs?: number
}

/** A gateway of parts that are open already. */
export function assembleGateway(parts: OpenParts): Gateway {
  const { resolved, store, credits, drainMs = defaultDrainMs, providersCacheMs = 4000 } = parts
  const { logger, secret, previousSecrets } = resolved
  const started = startDriver(credits, logger)
  const { driver } = started
  const health = createHealth()
  const transports = createTransports()
  const mark = createGatewayMark(store.records('gateway'))
  const onReplace = () => {
    keys.forget()
    access.callers.forget()
  }
  const live = createLiveProviders({ resolved, transports, mark, health, onReplace })
  const providerKeyRecords = store.records<ProviderKeyRecord>('provider-keys')
  const providerRecords = createProviderRecords(store.records('providers'))
  const access = createGatewayAccess({ resolved, live: live.table, store, providerKeys: providerKeyRecords })
  const { keys, configurations, accounts, managementKeys } = access
  const providerKeys = createProviderKeys({
    records: providerKeyRecords,
    index: store.records('provider-keys-of'),
    secret,
    previousSecrets,
    health,
    alsoSealed: () => sealedProviderSecrets(providerRecords),
    isReferenced: async (id) => {
      const count = await configurations.countProviderKey(id)
      return count === 0 ? undefined : `routing rules of ${count} configuration${count === 1 ? '' : 's'}`
    },
  })
  resolved.secretsInMemory.push(providerKeys.recentSecrets)
  const { find, ...virtualModels } = createGatewayVirtualModels(resolved, live.models, store)
  const responses = createResponseRecords({
    records: store.records('responses', { isRelaxed: true }),
    runs: store.records('response-runs'),
  })
  const stored = createGatewayProviders({
    resolved,
    records: providerRecords,
    live,
    health,
    providerKeys,
    configurations,
    virtualModels,
    responses,
    // Nobody else writes to a store of this kind.
    cacheMs: store.kind === 'keyv' ? 0 : providersCacheMs,
  })
  const ending = new AbortController()
  const services = createServices({
    resolved,
    live,
    transports,
    access,
    providerKeys,
    virtualModels: { find, list: virtualModels.list },
    health,
    mark,
    credits: driver,
    responses,
    ending: ending.signal,
  })
  const stopSweeping = sweepHolds(resolved, () => {
    for (const renew of services.renewals) renew()
    return driver.expire(sweepBatch)
  })
  const stopUpkeep = keepResponses(services, store.records('response-upkeep'))
  let closing: Promise<void> | undefined

  const ready = async () => {
    await Promise.all([started.ready(), stored.ready()])
  }
  const admit = () => {
    if (closing) return shuttingDown()
    return started.isReady && stored.isReady ? undefined : ready().then(() => undefined, asGatewayError)
  }
  const handle = (exchange: Exchange) => serve(services, exchange, admit)
  const close = async () => {
    await endCalls(services, { driver, ending, drainMs })
    stopSweeping()
    await stopUpkeep()
    services.abandonedHolds.close()
    services.usageFeed.close()
    try {
      await Promise.all([keys.close(), driver.close(), stored.close()])
    } finally {
      await store.close()
    }
  }
  const gateway: Gateway = {
    handle,
    handleUpgrade: (upgrade) => serveUpgrade(services, upgrade, admit),
    handleUnknown: serveUnknown,
    fetch: async (input, init) => {
      const { exchange, response } = createWebExchange(new Request(input, init), init?.remoteAddress)
      if (!handle(exchange)) serveUnknown(exchange)
      return response
    },
    ready,
    keys,
    configurations,
    accounts,
    managementKeys,
    credits: createCredits(driver),
    providerKeys: guardProviderKeys(providerKeys, access),
    models: {
      list: async (principal) => (await listCallable(services, principal?.account)).data,
    },
    virtualModels,
    providers: stored.providers,
    usage: services.usage,
    close() {
      closing ??= close().finally(ignoreSignals)
      return closing
    },
  }
  const ignoreSignals = closeOnSignal(gateway.close)
  return gateway
}

function shuttingDown(): GatewayError {
  return new GatewayError({ code: 'provider_unavailable', message: 'The gateway is shutting down.' })
}
