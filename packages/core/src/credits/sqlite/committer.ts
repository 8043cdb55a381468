import { GatewayError } from '../../errors/gateway-error.ts'
import type { Logger } from '../../options/options.ts'

/** Calls of a few milliseconds share a commit, and so a sync of the disk. */
const gatherMs = 2
const retryMs = 100

export interface Committer {
  /** The last commit failed: what is in memory is not safe. */
  readonly isBroken: boolean
  /** Resolves once everything that has happened until now is on the disk; rejects when it may not be. */
  commit(): Promise<void>
  /** At once. */
  commitNow(): void
  close(): void
}

export interface CommitterOptions {
  readonly write: () => void
  readonly logger: Logger
}

/** Group commit: one transaction for all that gathered. A failed one is tried again until it works. */
export function createCommitter({ write, logger }: CommitterOptions): Committer {
  let waiting: PromiseWithResolvers<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isBroken = false

  const schedule = (delay: number) => {
    timer ??= setTimeout(run, delay)
  }
  const run = () => {
    clearTimeout(timer)
    timer = undefined
    const { resolve, reject } = waiting ?? Promise.withResolvers<void>()
    waiting = undefined
    try {
      write()
      isBroken = false
      resolve()
    } catch (cause) {
      if (!isBroken) logger.error({ error: cause }, 'Charges could not be written; new calls are refused.')
      isBroken = true
      schedule(retryMs)
      reject(unwritten(cause))
    }
  }
  return {
    get isBroken() {
      return isBroken
    },
    commit() {
      if (!waiting) {
        waiting = Promise.withResolvers<void>()
        // Somebody always waits, but nobody may be left when it fails.
        waiting.promise.catch(() => {})
      }
      schedule(gatherMs)
      return waiting.promise
    },
    commitNow() {
      run()
      if (isBroken) throw unwritten(undefined)
    },
    close() {
      clearTimeout(timer)
    },
  }
}

function unwritten(cause: unknown): GatewayError {
  return new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.', cause })
}
