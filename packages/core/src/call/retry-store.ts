import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../options/options.ts'

const firstDelayMs = 50
const longestDelayMs = 10_000

/**
 * Repeats a store operation with the same id until its outcome is known. A rejection means that nobody
 * knows whether it happened; repeating returns the first outcome, so nothing is lost and nothing doubled.
 */
export async function untilAnswered<Result>(
  operation: () => Promise<Result>,
  { logger, requestId }: { readonly logger: Logger; readonly requestId: string },
): Promise<Result> {
  for (let delay = firstDelayMs; ; delay = Math.min(delay * 2, longestDelayMs)) {
    try {
      return await operation()
    } catch (error) {
      logger.error(
        { requestId, error, retryInMs: delay },
        'The store did not answer; the operation is repeated.',
      )
      await sleep(delay)
    }
  }
}
