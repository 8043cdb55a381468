import type { AccessKeys } from './access/access-keys.ts'
import type { Accounts } from './access/accounts/accounts.ts'
import type { Configurations } from './access/configurations/configurations.ts'
import type { ManagementKeys } from './access/management/management-keys.ts'
import type { ProviderKeyRecord } from './access/provider-key.ts'
import { createProviderKeys, type ProviderKeys } from './access/provider-keys.ts'
import { createProviderRecords } from './access/stored-providers/provider-records.ts'
import { sealedProviderSecrets } from './access/stored-providers/provider-secrets.ts'
import type { Providers } from './access/stored-providers/providers.ts'
import type { VirtualModels } from './access/virtual-models/virtual-models.ts'
import { createGatewayMark } from './call/gateway-mark.ts'
import { serve, serveUnknown } from './call/serve.ts'
import { listCallable } from './call/serve-models.ts'
import { serveUpgrade } from './call/sockets/serve-upgrade.ts'
import { keepResponses } from './call/stored-responses/upkeep.ts'
import { type Credits, createCredits } from './credits/credits.ts'
import type { CreditDriver } from './credits/driver.ts'
import { openCredits } from './credits/open-credits.ts'
import { startDriver } from './credits/start-driver.ts'
import { asGatewayError, GatewayError } from './errors/gateway-error.ts'
import type { Exchange } from './exchange/exchange.ts'
import { createWebExchange } from './exchange/web-exchange.ts'
import { createGatewayAccess, guardProviderKeys } from './gateway-access.ts'
import { createLiveProviders } from './gateway-live-providers.ts'
import { withSafeLogger } from './gateway-logger.ts'
import { createGatewayProviders } from './gateway-providers.ts'
import { createServices } from './gateway-services.ts'
import { closeOnSignal } from './gateway-signals.ts'
import { createTransports } from './gateway-transports.ts'
import { createGatewayVirtualModels } from './gateway-virtual-models.ts'
import type { ListedModel } from './models/listing.ts'
import type { GatewayOptions } from './options/options.ts'
import { type ResolvedOptions, resolveOptions } from './options/resolve-options.ts'
import { createResponseRecords } from './responses/response-records.ts'
import type { Upgrade } from './sockets/upgrade.ts'
import { openStore, type Store } from './store/open-store.ts'
import type { UsageReports } from './telemetry/usage-reports.ts'
import { createHealth } from './upstream/health/health.ts'

/** A gateway: what adapters mount, and what an application manages keys, credits and models with. */
export interface Gateway {
  /**
   * Serves one request of a host. False means that the path is not the gateway's and nothing was touched.
   * Adapters call it; applications mount an adapter.
   */
  handle(exchange: Exchange): boolean
  /**
   * Serves a request to change to WebSocket. False means that the path is not the gateway's and nothing was touched.
   * Adapters call it; applications call their `attach`.
   */
  handleUpgrade(upgrade: Upgrade): boolean
  /** Answers a path that is not the gateway's, where there is no host to fall back on. */
  handleUnknown(exchange: Exchange): void
  /** The gateway without a socket: hand it to an SDK as its `fetch`. Bound, so it can be passed around. */
  readonly fetch: (
    input: string | URL | Request,
    init?: RequestInit & {
      /** The client's address, for access keys that are open to some addresses only. */
      readonly remoteAddress?: string | undefined
    },
  ) => Promise<Response>
  /** Resolves once the stores answer. Calls wait for it by themselves. */
  ready(): Promise<void>
  readonly keys: Omit<AccessKeys, 'flush' | 'close' | 'forget'>
  readonly configurations: Configurations
  readonly accounts: Accounts
  readonly managementKeys: ManagementKeys
  readonly credits: Credits
  readonly providerKeys: Omit<ProviderKeys, 'secretsFor' | 'recentSecrets'>
  readonly models: {
    /** What an account may call; without one, what the operator's credentials open. */
    list(principal?: { readonly account: string }): Promise<readonly ListedModel[]>
  }
  readonly virtualModels: Omit<VirtualModels, 'find'>
  /** The operator's alone: whoever sets a base URL reads what is sent there. */
  readonly providers: Providers
  readonly usage: UsageReports
  /**
   * Lets calls under way end, for 30 seconds, and closes stores and connections. A charge that the store does not
   * take waits in the spool, after a last try; where there is no spool, or its disk takes nothing, the store has
   * another 30 seconds to come back.
   */
  close(): Promise<void>
}

const defaultDrainMs = 30_000
/** And then to see that they are cut. */
const cutMs = 5000
/** What a store takes for one try, at most. */
const lastTryMs = 2500
/** How often holds are looked at, unless they are shorter than that. */
const sweepMs = 5000
const sweepBatch = 500

/**
 * Makes a gateway. It opens its store at once and starts in the background; calls wait for that.
 *
 * @throws Error, one that lists every mistake in the options by option and environment variable.
 * @example
 * const gateway = createGateway({ store: 'memory:', sandbox: true })
 * await gateway.credits.grant({ account: 'acme', amount: '25.00', reference: 'invoice-1' })
 * const { token } = await gateway.keys.create({ account: 'acme' })
 * await gateway.close()
 */
export function createGateway(options: GatewayOptions = {}): Gateway {
  const resolved = withSafeLogger(resolveOptions(options))
  const store = openStore(resolved.store, resolved)
  return assembleGateway({ resolved, store, credits: openCredits(store, resolved) })
}

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
  const endAnswers = async () => {
    const { unanswered } = services
    if (unanswered.count > 0 && !(await driver.keepsCharges?.())) await unanswered.idle(drainMs)
    ending.abort()
    await unanswered.idle(lastTryMs)
  }
  const close = async () => {
    for (const session of [...services.sockets]) session.drain()
    if (!(await services.inFlight.idle(drainMs))) {
      for (const session of [...services.sockets]) session.cut()
      await services.closeTransports()
      await services.inFlight.idle(cutMs)
    }
    await services.closeTransports()
    await endAnswers()
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

/** Renews the holds of calls under way, and gives back those of calls whose process died. */
function sweepHolds({ logger, settings }: ResolvedOptions, sweep: () => Promise<number>): () => void {
  const timer = setInterval(
    () => {
      sweep().catch((error: unknown) => logger.warn({ error }, 'Expired holds could not be given back.'))
    },
    Math.min(sweepMs, settings.holdTtl / 3),
  )
  timer.unref()
  return () => clearInterval(timer)
}

function shuttingDown(): GatewayError {
  return new GatewayError({ code: 'provider_unavailable', message: 'The gateway is shutting down.' })
}
