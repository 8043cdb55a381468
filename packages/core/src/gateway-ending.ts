import type { CreditDriver } from './credits/driver.ts'
import type { GatewayServices } from './gateway-services.ts'

/** How long it takes to see that calls are cut. */
const cutMs = 5000
/** What a store takes for one try, at most. */
const lastTryMs = 2500

export interface EndingParts {
  readonly driver: Pick<CreditDriver, 'keepsCharges'>
  readonly ending: AbortController
  /** See `OpenParts`. */
  readonly drainMs: number
}

/** Lets calls under way end, cuts those that do not, and has their charges written as far as the store takes them. */
export async function endCalls(services: GatewayServices, parts: EndingParts): Promise<void> {
  const { inFlight, sockets, closeTransports } = services
  for (const session of [...sockets]) session.drain()
  if (!(await inFlight.idle(parts.drainMs))) {
    for (const session of [...sockets]) session.cut()
    await closeTransports()
    await inFlight.idle(cutMs)
  }
  await closeTransports()
  await endAnswers(services, parts)
}

async function endAnswers(
  { unanswered }: Pick<GatewayServices, 'unanswered'>,
  { driver, ending, drainMs }: EndingParts,
): Promise<void> {
  if (unanswered.count > 0 && !(await driver.keepsCharges?.())) await unanswered.idle(drainMs)
  ending.abort()
  await unanswered.idle(lastTryMs)
}
