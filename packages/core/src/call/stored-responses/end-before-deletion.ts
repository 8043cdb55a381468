import { GatewayError } from '../../errors/gateway-error.ts'
import type { RunRecord } from '../../responses/response-record.ts'
import type { CallServices } from '../services.ts'
import { askProvider } from './ask-provider.ts'
import { concludeRun } from './conclude-run.ts'

/**
 * Settles a run whose response is to be deleted, because nobody could read its cost afterwards; one that goes on is
 * cancelled.
 *
 * @throws GatewayError `provider_unavailable`, as a rejection, when the provider does not say how it ended.
 */
export async function endBeforeDeletion(services: CallServices, run: RunRecord): Promise<void> {
  for (const action of ['read', 'cancel'] as const) {
    const { status, body } = await askProvider(services, run, action)
    // Somebody else has deleted it.
    if (status === 404) return
    if (status !== 200 || !body || !concludeRun(services, run, body)) continue
    await services.endingRuns.get(run.call)
    return
  }
  const message = 'The response is still being made and could not be cancelled; try again.'
  throw new GatewayError({ code: 'provider_unavailable', message, retryAfterMs: 1000 })
}
