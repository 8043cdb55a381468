import type { CallServices, ConfiguredProvider } from './call/services.ts'
import type { CreditDriver } from './credits/driver.ts'
import { timedDriver } from './credits/timed-driver.ts'
import type { LiveTable } from './gateway-live-providers.ts'
import type { Logger } from './options/options.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import { type CallObserver, createCallObserver } from './telemetry/call-observer.ts'
import type { ServerAddress } from './telemetry/telemetry.ts'
import type { UsageEvent } from './telemetry/usage-event.ts'
import { createUsageFeed } from './telemetry/usage-feed.ts'
import { createUsageReports } from './telemetry/usage-reports.ts'
import type { Health } from './upstream/health/health.ts'

export interface ObservedParts {
  readonly resolved: Pick<ResolvedOptions, 'onUsage' | 'telemetry' | 'logger'>
  readonly credits: CreditDriver
  readonly live: LiveTable
  readonly health: Pick<Health, 'describe'>
}

/** Who is told of calls. Where nobody asked for it, nothing is between the calls and their store. */
export function observeCalls({
  resolved,
  credits,
  live,
  health,
}: ObservedParts): Pick<CallServices, 'credits' | 'usage' | 'usageFeed' | 'observer'> {
  const { onUsage, logger } = resolved
  const usageFeed = createUsageFeed(onUsage && createUsageListener(onUsage, logger))
  const observer = createObserver(resolved, live)
  observer?.gatewayStarted({ health: health.describe })
  return {
    credits: observer ? timedDriver(credits, observer.storeAnswered) : credits,
    usage: createUsageReports(credits, usageFeed),
    usageFeed,
    observer,
  }
}

/** A listener of the host that throws must not undo a settlement. */
function createUsageListener(listener: (event: UsageEvent) => void, logger: Logger) {
  return async (event: UsageEvent): Promise<void> => {
    try {
      await listener(event)
    } catch (error) {
      logger.error({ requestId: event.requestId, error }, 'The option onUsage threw.')
    }
  }
}

function createObserver(
  { telemetry, logger }: ObservedParts['resolved'],
  live: LiveTable,
): CallObserver | undefined {
  if (telemetry.length === 0) return undefined
  const addresses = new WeakMap<ConfiguredProvider, ServerAddress>()
  const serverOf = (id: string): ServerAddress | undefined => {
    const provider = live.providers.get(id)
    if (!provider) return undefined
    const address = addresses.get(provider) ?? addressOf(provider.origin)
    addresses.set(provider, address)
    return address
  }
  return createCallObserver({
    telemetry,
    serverOf,
    // Only what has a price, and so a name here, is paid for with credits.
    isListed: ({ credential, provider, upstreamModel }) =>
      credential === 'managed' || live.models.find(provider, upstreamModel) !== undefined,
    onError: (error) => logger.error({ error }, 'The option telemetry threw.'),
  })
}

function addressOf(origin: string): ServerAddress {
  const { hostname, port, protocol } = new URL(origin)
  return { address: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443) }
}
