import { GatewayError } from '../../errors/gateway-error.ts'
import type { Logger } from '../../options/options.ts'

/** Calls of a few milliseconds share a commit, and so a sync of the disk. */
const gatherMs = 2
const retryMs = 100

export interface Committer {
  /** The last commit failed: what is in memory is not safe. */
  readonly isBroken: boolean
  /** Something was committed that is not known to be on the disk. */
  readonly isBehind: boolean
  /** Resolves once everything that has happened until now is on the disk; rejects when it may not be. */
  commit(): Promise<void>
  /** At once. */
  commitNow(): void
  /** Commits what there is and ends. */
  close(): Promise<void>
}

export interface CommitterOptions {
  /** Commits what there is, which may not be on the disk yet. False when there was nothing. */
  readonly write: () => boolean
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
  let running: Promise<void> | undefined
  let isBroken = false
  let isBehind = false
  let isClosed = false
  let failures = 0

  const schedule = (delay: number) => {
    if (!running && !isClosed) timer ??= setTimeout(start, delay)
  }
  const takeWaiting = (): Waiting => {
    clearTimeout(timer)
    timer = undefined
    const group = waiting ?? createGroup()
    waiting = undefined
    return group
  }
  /** Behind even when it throws: who knows what was written. */
  const writeDown = () => {
    const before = isBehind
    isBehind = true
    if (!write()) isBehind = before
  }
  const succeed = ({ resolve }: Waiting) => {
    isBroken = false
    resolve()
  }
  const fail = ({ reject }: Waiting, cause: unknown) => {
    if (!isBroken) logger.error({ error: cause }, 'Charges could not be written; new calls are refused.')
    isBroken = true
    failures += 1
    reject(unwritten(cause))
  }
  const run = async () => {
    const group = takeWaiting()
    const before = failures
    try {
      writeDown()
      if (isBehind) await sync()
      // The system tells each failure once, and somebody else was told.
      if (failures !== before) throw new Error('A sync failed meanwhile.')
      isBehind = false
      succeed(group)
    } catch (cause) {
      fail(group, cause)
    }
  }
  const start = () => {
    running = run().finally(() => {
      running = undefined
      if (isBroken) schedule(retryMs)
      else if (waiting) schedule(gatherMs)
    })
  }
  const commitNow = () => {
    const group = takeWaiting()
    try {
      writeDown()
      if (isBehind) syncNow()
      // A sync under way may be older than this write, and says so when it ends.
      isBehind = running !== undefined
      succeed(group)
    } catch (cause) {
      fail(group, cause)
      schedule(retryMs)
      throw unwritten(cause)
    }
  }
  return {
    get isBroken() {
      return isBroken
    },
    get isBehind() {
      return isBehind
    },
    commit() {
      waiting ??= createGroup()
      schedule(gatherMs)
      return waiting.promise
    },
    commitNow,
    async close() {
      isClosed = true
      await running
      commitNow()
    },
  }
}

function unwritten(cause: unknown): GatewayError {
  return new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.', cause })
}
