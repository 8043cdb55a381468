import type { RecordStore } from '../../store/record-store.ts'
import type { CallServices } from '../services.ts'
import { keepsAnything } from './kept-state.ts'
import { createRunSweeper } from './run-sweeper.ts'

/** When old records were last looked for, by whatever process. */
export interface Upkeep {
  readonly at: number
}

const everyMs = 3_600_000
const dayMs = 24 * everyMs
const mark = 'age'
/** Records that are forgotten at once; the rest wait an hour. */
const mostAtOnce = 10_000

/**
 * Looks after runs in the background, and forgets once a day whose the responses are that their providers have
 * forgotten. Nothing is done where no provider keeps any.
 *
 * @returns A function that ends this, and waits for what is being done.
 */
export function keepResponses(services: CallServices, upkeep: RecordStore<Upkeep>): () => Promise<void> {
  const { settings, logger } = services
  const sweeper = createRunSweeper(services, settings.pollRuns)
  let isNeeded = false
  /** Providers come and go; what one has kept outlives it. */
  const isAnyKept = () => {
    isNeeded ||= [...services.providers.values()].some(keepsAnything)
    return isNeeded
  }
  const sweeping = setInterval(
    () => void (isAnyKept() && sweeper.sweep()),
    Math.min(settings.pollRuns, settings.holdTtl / 3),
  ).unref()
  const forgetting = setInterval(() => {
    if (!isAnyKept()) return
    forgetOld(services, upkeep).catch((error: unknown) =>
      logger.warn({ error }, 'Old responses could not be forgotten.'),
    )
  }, everyMs).unref()
  return async () => {
    clearInterval(sweeping)
    clearInterval(forgetting)
    await sweeper.idle()
  }
}

interface Forgetting extends Pick<CallServices, 'responses'> {
  readonly settings: Pick<CallServices['settings'], 'keepResponses'>
}

/** Once a day among all processes, or twice where two begin together. */
export async function forgetOld(
  { responses, settings }: Forgetting,
  upkeep: RecordStore<Upkeep>,
): Promise<void> {
  const now = Date.now()
  const last = await upkeep.get(mark)
  if (last && now - last.at < dayMs) return
  const forgotten = await responses.forgetBefore(now - settings.keepResponses, mostAtOnce)
  if (forgotten < mostAtOnce) await upkeep.put(mark, { at: now })
}
