import type { AccessKeys } from './access/access-keys.ts'
import type { Accounts } from './access/accounts/accounts.ts'
import type { Configurations } from './access/configurations/configurations.ts'
import type { ManagementKeys } from './access/management/management-keys.ts'
import type { ProviderKeys } from './access/provider-keys.ts'
import type { Providers } from './access/stored-providers/providers.ts'
import type { VirtualModels } from './access/virtual-models/virtual-models.ts'
import type { Credits } from './credits/credits.ts'
import { openCredits } from './credits/open-credits.ts'
import type { Exchange } from './exchange/exchange.ts'
import { assembleGateway } from './gateway-assembly.ts'
import { withSafeLogger } from './gateway-logger.ts'
import type { ListedModel } from './models/listing.ts'
import type { GatewayOptions } from './options/options.ts'
import { resolveOptions } from './options/resolve-options.ts'
import type { Upgrade } from './sockets/upgrade.ts'
import { openStore } from './store/open-store.ts'
import type { UsageReports } from './telemetry/usage-reports.ts'

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
