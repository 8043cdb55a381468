import type { GatewayError } from '../errors/gateway-error.ts'

/** How long after a failed start the next one waits, in milliseconds. */
const retryMs = 1000

export interface Started {
  /** True once it has started. */
  readonly isReady: boolean
  /** Rejects while it cannot start; a call a second later tries again. */
  ready(): Promise<void>
}

export interface Starting {
  start(): Promise<unknown>
  /** What callers are told of a failure. */
  refusal(cause: unknown): GatewayError
  /** A start has failed. */
  failed(cause: unknown): void
}

/**
 * Starts something at once and, should that fail, again with later calls, so that a store may come back.
 *
 * @example
 * const started = startAgain({ start: () => driver.init(), refusal: unavailable, failed: (error) => logger.error({ error }) })
 * if (!started.isReady) await started.ready()
 */
export function startAgain({ start, refusal, failed }: Starting): Started {
  let isReady = false
  let failedAt = 0
  let failure: unknown
  let starting: Promise<void> | undefined
  const begin = async () => {
    try {
      await start()
      isReady = true
    } catch (error) {
      failedAt = Date.now()
      failure = error
      failed(error)
      throw refusal(error)
    } finally {
      starting = undefined
    }
  }
  const ready = (): Promise<void> => {
    if (isReady) return Promise.resolve()
    if (!starting && Date.now() - failedAt < retryMs) return Promise.reject(refusal(failure))
    starting ??= begin()
    return starting
  }
  ready().catch(() => {})
  return {
    get isReady() {
      return isReady
    },
    ready,
  }
}
