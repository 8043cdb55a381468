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
  /** Commits what there is; it may not be on the disk yet. */
  readonly write: () => void
  /** Brings what was committed to the disk. */
  readonly sync: () => Promise<void>
  readonly syncNow: () => void
  readonly logger: Logger
}

type Waiting = PromiseWithResolvers<void>

/** Nobody may be left to hear of its failure, or nobody may have waited at all. */
function createGroup(): Waiting {
  const group = Promise.withResolvers<void>()
  group.promise.catch(() => {})
  return group
}

/**
 * Group commit: one transaction for all that gathered, one sync at a time, and what comes meanwhile is the next
 * group. A failed one is tried again until it works.
 */
export function createCommitter({ write, sync, syncNow, logger }: CommitterOptions): Committer {
  let waiting: Waiting | undefined
  let timer: NodeJS.Timeout | undefined
  let syncing = false
  let isBroken = false

  const schedule = (delay: number) => {
    if (!syncing) timer ??= setTimeout(run, delay)
  }
  const takeWaiting = (): Waiting => {
    clearTimeout(timer)
    timer = undefined
    const group = waiting ?? createGroup()
    waiting = undefined
    return group
  }
  const succeed = ({ resolve }: Waiting) => {
    isBroken = false
    resolve()
  }
  const fail = ({ reject }: Waiting, cause: unknown) => {
    if (!isBroken) logger.error({ error: cause }, 'Charges could not be written; new calls are refused.')
    isBroken = true
    reject(unwritten(cause))
    schedule(retryMs)
  }
  const run = async () => {
    const group = takeWaiting()
    syncing = true
    try {
      write()
      await sync()
      syncing = false
      succeed(group)
    } catch (cause) {
      syncing = false
      fail(group, cause)
    }
    if (waiting) schedule(gatherMs)
  }
  return {
    get isBroken() {
      return isBroken
    },
    commit() {
      waiting ??= createGroup()
      schedule(gatherMs)
      return waiting.promise
    },
    commitNow() {
      const group = takeWaiting()
      try {
        write()
        syncNow()
        succeed(group)
      } catch (cause) {
        fail(group, cause)
        throw unwritten(cause)
      }
    },
    close() {
      clearTimeout(timer)
    },
  }
}

function unwritten(cause: unknown): GatewayError {
  return new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.', cause })
}
