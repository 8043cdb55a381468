import type { Access } from './access/access.ts'
import { createAuthenticate } from './access/authenticate.ts'
import { createKeyTurns } from './access/key-order/key-turns.ts'
import type { ProviderKeys } from './access/provider-keys.ts'
import { recordFee } from './billing/recompute-charge.ts'
import { createAbandonedHolds } from './call/abandoned-holds.ts'
import type { CallServices } from './call/services.ts'
import { createKeptConversations } from './call/sockets/responses/kept-conversations.ts'
import type { GatewayMark } from './call/via.ts'
import type { CreditDriver } from './credits/driver.ts'
import { createIdleCount, type IdleCount } from './credits/idle-count.ts'
import type { LiveProviders } from './gateway-live-providers.ts'
import { observeCalls } from './gateway-observation.ts'
import type { Transports } from './gateway-transports.ts'
import { catalog } from './models/catalog.ts'
import { createAffinity } from './models/selection/affinity.ts'
import { createAutomatic } from './models/selection/automatic.ts'
import { createMetrics } from './models/selection/metrics.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import type { ResponseRecords } from './responses/response-records.ts'
import type { Health } from './upstream/health/health.ts'

export interface GatewayParts {
  readonly resolved: ResolvedOptions
  readonly live: LiveProviders
  readonly transports: Transports
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

/** As long as so many of its longest requests are the conversations that an account's connections keep together. */
const keptBodies = 4

/** Ties options, keys and credits into what the life of a call needs. */
export function createServices({
  resolved,
  live,
  transports,
  access,
  providerKeys,
  virtualModels,
  health,
  mark,
  credits,
  responses,
  ending,
}: GatewayParts): GatewayServices {
  const { fee, logger, settings, selection } = resolved
  const { table } = live
  for (const { madeSecrets } of table.providers.values())
    if (madeSecrets) resolved.secretsInMemory.push(madeSecrets)
  const observed = observeCalls({ resolved, credits, live: table, health })
  return {
    authenticate: createAuthenticate({ ...access, ...resolved }),
    ownCredentials: providerKeys.secretsFor,
    get models() {
      return table.models
    },
    get providers() {
      return table.providers
    },
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
      automatic: createAutomatic(live.models),
    },
    virtualModels,
    mark,
    inFlight: createIdleCount(),
    abandonedHolds: createAbandonedHolds({ credits: observed.credits, holdTtl: settings.holdTtl }),
    unanswered: createIdleCount(),
    ending,
    renewals: new Set(),
    bodies: transports.bodies,
    sockets: new Set(),
    conversations: createKeptConversations(keptBodies * settings.bodyBytes),
    questions: new Map(),
    responses,
    endingRuns: new Map(),
    settings,
    closeTransports: transports.close,
  }
}
