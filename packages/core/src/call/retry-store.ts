import { setTimeout as sleep } from 'node:timers/promises'
import type { Eventually } from '../credits/driver.ts'
import type { Logger } from '../options/options.ts'

const firstDelayMs = 50
const longestDelayMs = 10_000

export interface RetryOptions {
  readonly logger: Logger
  readonly requestId: string
}

/**
 * Repeats a store operation with the same id until its outcome is known. A rejection means that nobody
 * knows whether it happened; repeating returns the first outcome, so nothing is lost and nothing doubled.
 *
 * @param done Gets the outcome: before this returns, where the store answers at once.
 */
export function untilAnswered<Result>(
  operation: () => Eventually<Result>,
  done: (result: Result) => void,
  options: RetryOptions,
): void {
  const result = operation()
  if (result instanceof Promise) {
    result.then(done, (error: unknown) => void repeat(operation, options, error).then(done))
  } else done(result)
}

async function repeat<Result>(
  operation: () => Eventually<Result>,
  { logger, requestId }: RetryOptions,
  failure: unknown,
): Promise<Result> {
  let error = failure
  for (let delay = firstDelayMs; ; delay = Math.min(delay * 2, longestDelayMs)) {
    logger.error(
      { requestId, error, retryInMs: delay },
      'The store did not answer; the operation is repeated.',
    )
    // A process that ends has tried as long as it lived.
    await sleep(delay, undefined, { ref: false })
    try {
      return await operation()
    } catch (again) {
      error = again
    }
  }
}
