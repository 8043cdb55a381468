import { GatewayError } from '../../errors/gateway-error.ts'
import type { RunRecord } from '../../responses/response-record.ts'
import type { CallServices } from '../services.ts'
import { withItems } from './answer-items.ts'
import { askProvider } from './ask-provider.ts'
import { concludeRun } from './conclude-run.ts'
import { releaseRun } from './settle-run.ts'

export interface RunSweeper {
  /** Renews the holds of runs that go on, and settles those that have ended. Never rejects. */
  sweep(): Promise<void>
  /** Waits for what providers are being asked. */
  idle(): Promise<void>
}

/** Runs that are asked about at the same time. */
const atOnce = 8
/** A run is asked about after this part of its age again… */
const partOfAge = 8
/** … but not less often than this. */
const longestDelayMs = 60_000
/** How often a provider has to say that it does not know a run. */
const mostMisses = 3
/** No provider works on an answer for so long. */
const longestRunMs = 7 * 86_400_000

/** A key that was made elsewhere is known here by then. */
const keysKnownMs = 60_000

/** What this process knows of a run beside its record. */
interface Watched {
  nextAt: number
  renewedAt: number
  misses: number
  isAsked: boolean
}

function newlySeen(pollMs: number): Watched {
  return { nextAt: Date.now() + pollMs, renewedAt: 0, misses: 0, isAsked: false }
}

/**
 * Looks after the runs of all processes: there is no leader, since the store settles each once. Whoever dies is missed
 * by nobody.
 */
export function createRunSweeper(services: CallServices, pollMs: number): RunSweeper {
  const { responses, credits, settings, endingRuns, logger } = services
  const asking = new Set<Promise<void>>()
  let watched = new Map<string, Watched>()
  let sweeping: Promise<void> | undefined

  const renew = async (run: RunRecord, known: Watched) => {
    if (Date.now() - known.renewedAt < settings.holdTtl / 3) return
    known.renewedAt = Date.now()
    await credits.extend(run.call, run.account, { ttlMs: settings.holdTtl })
  }
  const giveUp = (run: RunRecord, why: string) => {
    logger.error({ requestId: run.call, response: run.id, account: run.account }, why)
    releaseRun(services, run)
  }
  const poll = async (run: RunRecord, known: Watched) => {
    const age = Date.now() - run.createdAt
    known.nextAt = Date.now() + Math.min(Math.max(pollMs, age / partOfAge), longestDelayMs)
    const { status, body } = await askProvider(services, run, 'read')
    known.misses = status === 404 ? known.misses + 1 : 0
    if (known.misses >= mostMisses) return giveUp(run, 'A run is unknown to its provider; it is not charged.')
    const isOver = status === 200 && body !== undefined && concludeRun(services, withItems(run, body), body)
    if (!isOver && age > longestRunMs) giveUp(run, 'A run never ended; it is not charged.')
  }
  const isKeyGone = (run: RunRecord, error: unknown) =>
    GatewayError.isInstance(error) &&
    error.code === 'provider_not_allowed' &&
    run.credential.kind === 'own' &&
    services.providers.has(run.provider) &&
    Date.now() - run.createdAt > keysKnownMs
  /** It may be away for a while, or be known to other processes alone; nobody gets an answer after so long. */
  const isProviderGone = (run: RunRecord) =>
    !services.providers.has(run.provider) && Date.now() - run.createdAt > longestRunMs
  const ask = async (run: RunRecord, known: Watched) => {
    try {
      await poll(run, known)
    } catch (error) {
      if (isKeyGone(run, error)) return giveUp(run, 'The provider key of a run is gone; it is not charged.')
      if (isProviderGone(run)) return giveUp(run, 'The provider of a run is gone; it is not charged.')
      logger.warn({ requestId: run.call, response: run.id, error }, 'A run could not be looked at.')
    }
  }
  /** A provider that does not answer keeps nobody from renewing holds. */
  const askLater = (run: RunRecord, known: Watched) => {
    const isDue = known.nextAt <= Date.now() && !known.isAsked && !endingRuns.has(run.call)
    if (!isDue || asking.size >= atOnce) return
    known.isAsked = true
    const asked = ask(run, known).finally(() => {
      known.isAsked = false
      asking.delete(asked)
    })
    asking.add(asked)
  }
  const lookAtAll = async () => {
    const seen = new Map<string, Watched>()
    for await (const run of responses.runs.list()) {
      const known = watched.get(run.call) ?? newlySeen(pollMs)
      seen.set(run.call, known)
      await renew(run, known)
      askLater(run, known)
    }
    watched = seen
  }
  return {
    sweep() {
      sweeping ??= lookAtAll()
        .catch((error: unknown) => logger.warn({ error }, 'Runs in the background could not be looked at.'))
        .finally(() => {
          sweeping = undefined
        })
      return sweeping
    },
    async idle() {
      await sweeping
      await Promise.all(asking)
    },
  }
}
