import type { Logger } from '../../options/options.ts'
import type { Segment } from './segment.ts'

/** Puts lines on the disk, those of one turn of the event loop together. */
export interface SpoolWriter {
  /** What is given to it may not be on the disk. It tries by itself until the disk takes it again. */
  readonly isBroken: boolean
  /** Written soon, synced with others. */
  append(line: string): void
  /** Resolves once the line is on the disk; rejects, without waiting, when it cannot be. */
  appendSynced(line: string): Promise<void>
  /** Resolves once there is a file to write to; undefined when there is one. */
  open(): Promise<void> | undefined
  /** Ends what is under way. Leaves its files where `keep` is true and removes them otherwise. */
  close(keep: boolean): Promise<void>
}

export interface SpoolWriterOptions {
  readonly create: () => Promise<Segment>
  /** The lines of all that is open: what a new file begins with. */
  readonly snapshot: () => string
  readonly logger: Logger
  /** A file that has grown so large is replaced by one that holds what is open alone. */
  readonly rotateBytes: number
}

/** How long lines wait for others that nobody waits for. */
const gatherMs = 10
const retryMs = 500
/** A disk that takes longer is as good as none. */
const stallMs = 2000

interface Group extends PromiseWithResolvers<void> {
  readonly lines: string[]
  isSynced: boolean
}

/** Often nobody waits for a group. */
function createGroup(): Group {
  const group = Promise.withResolvers<void>()
  group.promise.catch(() => {})
  return { ...group, lines: [], isSynced: false }
}

/**
 * Group commit: one write and one sync at a time, and what comes meanwhile is the next group. After a failure
 * nothing in the file is trusted, because the system tells of a failed sync once and may have dropped what it
 * could not write: all that is open is written again, to a new file, and the old one stays until that is synced.
 */
export function createSpoolWriter({
  create,
  snapshot,
  logger,
  rotateBytes,
}: SpoolWriterOptions): SpoolWriter {
  let segment: Segment | undefined
  const old: Segment[] = []
  let rotateAt = rotateBytes
  let group = createGroup()
  let running: Promise<void> | undefined
  let next: { readonly cancel: () => void; readonly isSoon: boolean } | undefined
  let isReady = false
  let isBroken = false
  let isClosed = false

  const schedule = (isSoon: boolean, delay = gatherMs) => {
    if (running || isClosed || (next && (next.isSoon || !isSoon))) return
    next?.cancel()
    if (isSoon) {
      const immediate = setImmediate(start)
      next = { isSoon, cancel: () => clearImmediate(immediate) }
    } else {
      const timer = setTimeout(start, delay).unref()
      next = { isSoon, cancel: () => clearTimeout(timer) }
    }
  }
  const removeOld = async () => {
    for (const done of old.splice(0)) {
      await done.remove().catch((error: unknown) => {
        logger.warn({ error }, 'A file of the spool could not be removed; its charges are not made twice.')
      })
    }
  }
  const rotate = async () => {
    const text = snapshot()
    if (segment) old.push(segment)
    segment = undefined
    // What holds nothing open only takes the place that a full disk lacks.
    if (text === '') await removeOld()
    const fresh = await create()
    try {
      await fresh.append(text)
      await fresh.sync()
    } catch (error) {
      await fresh.remove().catch(() => {})
      throw error
    }
    segment = fresh
    rotateAt = Math.max(rotateBytes, 2 * fresh.size)
    await removeOld()
  }
  const write = async (current: Segment, { lines, isSynced }: Group) => {
    await current.append(lines.join(''))
    if (isSynced) await current.sync()
  }
  const giveUp = (failed: readonly Group[], error: unknown) => {
    if (!isBroken) {
      logger.error({ error }, 'The spool of charges cannot be written; new calls on credits are refused.')
    }
    isBroken = true
    for (const { reject } of failed) reject(error)
  }
  const run = async () => {
    const current = group
    group = createGroup()
    const stall = setTimeout(() => {
      giveUp([current, group], new Error(`The disk did not answer within ${stallMs} ms.`))
      group = { ...createGroup(), lines: group.lines, isSynced: group.isSynced }
    }, stallMs)
    try {
      if (segment && segment.size < rotateAt) await write(segment, current)
      else await rotate()
      if (isBroken) logger.warn({}, 'The spool of charges can be written again.')
      isBroken = false
      isReady = true
      current.resolve()
    } catch (error) {
      if (segment) old.push(segment)
      segment = undefined
      giveUp([current], error)
    } finally {
      clearTimeout(stall)
    }
  }
  const start = () => {
    next = undefined
    running = run().finally(() => {
      running = undefined
      if (isBroken) schedule(false, retryMs)
      else if (group.lines.length > 0 || group.isSynced) schedule(group.isSynced)
    })
  }
  const refused = () => Promise.reject(new Error('The spool cannot be written.'))
  const soon = (): Promise<void> => {
    group.isSynced = true
    if (isBroken || isClosed) return refused()
    schedule(true)
    return group.promise
  }
  return {
    get isBroken() {
      return isBroken
    },
    append(line) {
      group.lines.push(line)
      if (!isBroken) schedule(false)
    },
    appendSynced(line) {
      group.lines.push(line)
      return soon()
    },
    open: () => (isReady && !isBroken ? undefined : soon()),
    async close(keep) {
      isClosed = true
      next?.cancel()
      await running
      if (keep) await run()
      await Promise.all([segment, ...old].map((file) => (keep ? file?.close() : file?.remove())))
    },
  }
}
