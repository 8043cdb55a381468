import { isIP } from 'node:net'
import type { AddressKind } from '../../providers/network/address-kind.ts'
import { ConnectionError } from '../connection-error.ts'
import type { UpstreamControl, UpstreamReceiver, UpstreamRequest } from '../transport.ts'
import { type Connection, type ConnectionTimes, openConnection, type Task } from './connection.ts'
import { guardedLookup, isForbidden, metadataAddresses, refusal } from './guarded-lookup.ts'
import { endpointOf } from './open-socket.ts'
import { renderRequestHead } from './request-head.ts'

/** As many connections to one origin as there are calls; idle ones are used again. */
export interface ConnectionPool {
  dispatch(request: UpstreamRequest, receiver: UpstreamReceiver): void
  /** Closes every connection; calls under way fail, and so does what is sent later. */
  close(): Promise<void>
  /**
   * Closes what is idle, and everything else as soon as its call is over.
   *
   * @param whenEmpty Called when no connection is left.
   */
  retire(whenEmpty: () => void): void
}

interface PooledTask extends Task {
  head: string
  connection: Connection<PooledTask> | undefined
  isOver: boolean
  /** Sent on a connection that had been used before. */
  reused: boolean
  /** Milliseconds since the epoch. */
  sentAt: number
}

const newTask = {
  head: '',
  connection: undefined,
  isOver: false,
  reused: false,
  sentAt: 0,
  answered: false,
}
const closed = new ConnectionError('closed', 'The gateway is closing.')
const leftEarly = new ConnectionError('aborted', 'The gateway closed the connection.')
type Pooled = Connection<PooledTask>

/** How often connections are looked for that have been idle too long. */
const sweepMs = 1000

/**
 * Makes the pool of one origin.
 *
 * @param origin Scheme, host and port.
 * @param forbidden Where its name may not lead. @default where clouds keep the credentials of their machines
 */
export function createConnectionPool(
  origin: string,
  times: ConnectionTimes,
  forbidden: ReadonlySet<AddressKind> = metadataAddresses,
): ConnectionPool {
  const url = new URL(origin)
  const endpoint = endpointOf(url, guardedLookup(forbidden))
  /** An address that is written out is not looked up; the operator may have written any. */
  const isRefused =
    forbidden !== metadataAddresses &&
    isIP(endpoint.hostname) > 0 &&
    isForbidden(endpoint.hostname, forbidden)
  const open = new Set<Pooled>()
  /** The last used is used first, so that the others may grow old. */
  let idle: Pooled[] = []
  let closing: PromiseWithResolvers<void> | undefined
  let sweeper: NodeJS.Timeout | undefined
  let retired: (() => void) | undefined

  const sweep = () => {
    const now = Date.now()
    for (const connection of idle) if (connection.idleUntil() <= now) connection.abandon()
    idle = idle.filter((connection) => connection.idleUntil() > now)
    sweeper = idle.length > 0 ? setTimeout(sweep, sweepMs).unref() : undefined
  }
  const takeIdle = (): Pooled | undefined => {
    const now = Date.now()
    for (let connection = idle.pop(); connection; connection = idle.pop()) {
      if (connection.idleUntil() > now) return connection
      connection.abandon()
    }
    return undefined
  }
  const connect = (): Pooled => {
    const connection = openConnection({ endpoint, times, events })
    open.add(connection)
    return connection
  }
  const start = (task: PooledTask, known: Pooled | undefined) => {
    task.reused = known !== undefined
    task.connection = known ?? connect()
    task.sentAt = Date.now()
    task.connection.send(task)
  }
  const events = {
    idle(connection: Pooled) {
      if (retired) return connection.abandon()
      idle.push(connection)
      sweeper ??= setTimeout(sweep, sweepMs).unref()
    },
    closed(connection: Pooled) {
      open.delete(connection)
      const at = idle.indexOf(connection)
      if (at >= 0) idle.splice(at, 1)
      if (open.size > 0) return
      closing?.resolve()
      retired?.()
    },
    ended(task: PooledTask) {
      endTask(task)
      task.receiver.ended()
    },
    failed(task: PooledTask, error: Error) {
      if (!closing && wasStale(task, error)) start(task, undefined)
      else fail(task, error)
    },
  }
  return {
    dispatch(request, receiver) {
      const task: PooledTask = { ...newTask, request, receiver }
      receiver.opened(controlOf(task))
      if (task.isOver) return
      if (closing) return fail(task, closed)
      if (isRefused) return fail(task, refusal())
      try {
        task.head = renderRequestHead(request, url.host)
      } catch (error) {
        return fail(task, error as Error)
      }
      start(task, takeIdle())
    },
    close() {
      if (closing) return closing.promise
      closing = Promise.withResolvers()
      if (open.size === 0) closing.resolve()
      clearTimeout(sweeper)
      for (const connection of open) connection.destroy(closed)
      idle = []
      return closing.promise
    },
    retire(whenEmpty) {
      retired = whenEmpty
      if (open.size === 0) whenEmpty()
      for (const connection of idle.splice(0)) connection.abandon()
    },
  }
}

/** A close that crossed our request on the way arrives within a round trip. */
const crossingMs = 1000

/**
 * The other side closed a connection that was idle, and our request crossed that on the way: nobody has read it,
 * so it may be sent again. A connection that breaks later may have been at work on it, and is not tried again.
 */
function wasStale({ reused, answered, sentAt }: PooledTask, error: Error): boolean {
  if (!reused || answered || Date.now() - sentAt > crossingMs) return false
  const { code } = error as { code?: unknown }
  return code === 'closed' || code === 'ECONNRESET' || code === 'EPIPE'
}

/** Steers the call and nothing else: its connection is another call's as soon as this one is over. */
function controlOf(task: PooledTask): UpstreamControl {
  return {
    pause: () => task.connection?.pause(),
    resume: () => task.connection?.resume(),
    wasSent: () => task.isOver || task.connection?.isConnected() === true,
    abort() {
      if (task.isOver) return
      task.connection?.abandon()
      fail(task, leftEarly)
    },
  }
}

function fail(task: PooledTask, error: Error): void {
  endTask(task)
  task.receiver.failed(error)
}

function endTask(task: PooledTask): void {
  task.isOver = true
  task.connection = undefined
}
