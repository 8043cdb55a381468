import { setTimeout as sleep } from 'node:timers/promises'
import type { Eventually } from '../credits/driver.ts'
import { isRefusal } from '../credits/is-refusal.ts'
import type { Logger } from '../options/options.ts'

const firstDelayMs = 50
const longestDelayMs = 10_000

export interface RetryOptions {
  readonly logger: Logger
  readonly requestId: string
  /** See `CallServices`. */
  readonly ending: AbortSignal
  /** There will be no outcome. */
  gaveUp(): void
}

/**
 * Repeats a store operation with the same id until its outcome is known. A rejection means that nobody
 * knows whether it happened; repeating returns the first outcome, so nothing is lost and nothing doubled. A gateway
 * that closes asks once more, at once.
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
    result.then(done, async (error: unknown) => {
      const answer = await repeat(operation, options, error)
      if (answer) done(answer.result)
      else options.gaveUp()
    })
  } else done(result)
}

/** Undefined when the gateway closed before there was an answer, or when the store has refused for good. */
async function repeat<Result>(
  operation: () => Eventually<Result>,
  { logger, requestId, ending }: RetryOptions,
  failure: unknown,
): Promise<{ readonly result: Result } | undefined> {
  let error = failure
  for (let delay = firstDelayMs; !isRefusal(error); delay = Math.min(delay * 2, longestDelayMs)) {
    logger.error(
      { requestId, error, retryInMs: delay },
      'The store did not answer; the operation is repeated.',
    )
    await pause(delay, ending)
    const isLast = ending.aborted
    try {
      return { result: await operation() }
    } catch (again) {
      error = again
    }
    if (isLast) break
  }
  const message = isRefusal(error)
    ? 'The store refused.'
    : 'The gateway was closed before the store answered.'
  logger.error({ requestId, error }, message)
  return undefined
}

/** A process that ends has tried as long as it lived. */
async function pause(delay: number, ending: AbortSignal): Promise<void> {
  await sleep(delay, undefined, { ref: false, signal: ending }).catch(() => {})
}
