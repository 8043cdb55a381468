import type { Access } from './access/access.ts'
import { createAuthenticate } from './access/authenticate.ts'
import { createKeyTurns } from './access/key-order/key-turns.ts'
import type { ProviderKeys } from './access/provider-keys.ts'
import { recordFee } from './billing/recompute-charge.ts'
import { createAbandonedHolds } from './call/abandoned-holds.ts'
import type { CallServices, ConfiguredProvider } from './call/services.ts'
import type { GatewayMark } from './call/via.ts'
import type { CreditDriver } from './credits/driver.ts'
import { createIdleCount, type IdleCount } from './credits/idle-count.ts'
import { observeCalls } from './gateway-observation.ts'
import { catalog } from './models/catalog.ts'
import { createAffinity } from './models/selection/affinity.ts'
import { createAutomatic } from './models/selection/automatic.ts'
import { createMetrics } from './models/selection/metrics.ts'
import type { ProviderSetup } from './options/configure-providers.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import { sandboxProvider } from './providers/sandbox/sandbox-provider.ts'
import type { ResponseRecords } from './responses/response-records.ts'
import { decodeEventStreams } from './upstream/event-stream/decode-event-streams.ts'
import type { Health } from './upstream/health/health.ts'
import { createHttpTransport } from './upstream/http-transport.ts'
import { createSandboxTransport } from './upstream/sandbox-transport.ts'
import { signRequests } from './upstream/signing/sign-requests.ts'
import { createProxyTransport } from './upstream/streamed/proxy-transport.ts'
import type { Transport } from './upstream/transport.ts'

export interface GatewayParts {
  readonly resolved: ResolvedOptions
  readonly access: Pick<Access, 'keys' | 'callers'>
  readonly providerKeys: ProviderKeys
  readonly virtualModels: CallServices['virtualModels']
  readonly health: Health
  readonly mark: GatewayMark
  readonly credits: CreditDriver
  readonly responses: ResponseRecords
  /** See `CallServices`. */
  readonly ending: AbortSignal
}

export interface GatewayServices extends CallServices {
  readonly inFlight: IdleCount
  readonly unanswered: IdleCount
  /** Closes every connection to providers. */
  closeTransports(): Promise<void>
}

/** Ties options, keys and credits into what the life of a call needs. */
export function createServices({
  resolved,
  access,
  providerKeys,
  virtualModels,
  health,
  mark,
  credits,
  responses,
  ending,
}: GatewayParts): GatewayServices {
  const { models, fee, logger, settings, selection } = resolved
  const http = createHttpTransport()
  const sandbox = createSandboxTransport()
  const bodies = createProxyTransport()
  const providers = new Map(
    resolved.providers.map(
      (setup) =>
        [
          setup.id,
          configure(setup, { plain: setup.id === sandboxProvider.id ? sandbox : http, mark }),
        ] as const,
    ),
  )
  for (const { madeSecrets } of providers.values())
    if (madeSecrets) resolved.secretsInMemory.push(madeSecrets)
  const observed = observeCalls({ resolved, credits, providers, health })
  return {
    authenticate: createAuthenticate({ ...access, ...resolved }),
    ownCredentials: providerKeys.secretsFor,
    models,
    providers,
    ...observed,
    fee,
    feeRecord: recordFee(fee),
    catalogVersion: catalog.version,
    logger,
    health,
    metrics: createMetrics(),
    keyTurns: createKeyTurns(),
    choice: {
      strategy: selection.strategy,
      affinity: selection.affinity ? createAffinity() : undefined,
      automatic: createAutomatic(models),
    },
    virtualModels,
    mark,
    inFlight: createIdleCount(),
    abandonedHolds: createAbandonedHolds({ credits: observed.credits, holdTtl: settings.holdTtl }),
    unanswered: createIdleCount(),
    ending,
    renewals: new Set(),
    bodies,
    sockets: new Set(),
    responses,
    endingRuns: new Map(),
    settings,
    closeTransports: async () => {
      await Promise.all([http.close(), sandbox.close(), bodies.close()])
    },
  }
}

interface Surroundings {
  readonly plain: Transport
  readonly mark: GatewayMark
}

function configure(setup: ProviderSetup, { plain, mark }: Surroundings): ConfiguredProvider {
  const { definition, baseUrl, apiKey, keyless, headers, createSigner } = setup
  const url = new URL(baseUrl)
  const readable = definition.cloud?.eventStreams ? decodeEventStreams(plain) : plain
  const signer = createSigner?.(plain)
  return {
    definition,
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    search: setup.search,
    apiKey,
    keyless: keyless || signer !== undefined,
    headers,
    parameters: setup.parameters,
    mark,
    transport: signer ? signRequests(readable, signer) : readable,
    ...(signer && { madeSecrets: signer.secrets }),
  }
}
