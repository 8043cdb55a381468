import { ConnectionError } from '../connection-error.ts'
import type { UpstreamControl, UpstreamReceiver, UpstreamRequest } from '../transport.ts'
import { type Connection, type ConnectionTimes, openConnection, type Task } from './connection.ts'
import { endpointOf } from './open-socket.ts'
import { renderRequestHead } from './request-head.ts'

/** As many connections to one origin as there are calls; idle ones are used again. */
export interface ConnectionPool {
  dispatch(request: UpstreamRequest, receiver: UpstreamReceiver): void
  /** Closes every connection; calls under way fail. */
  close(): void
}

interface PooledTask extends Task {
  head: string
  connection: Connection<PooledTask> | undefined
  isOver: boolean
  /** Sent on a connection that had been used before. */
  reused: boolean
}

const newTask = { head: '', connection: undefined, isOver: false, reused: false, answered: false }
const leftEarly = new ConnectionError('aborted', 'The gateway closed the connection.')
type Pooled = Connection<PooledTask>

/** How often connections are looked for that have been idle too long. */
const sweepMs = 1000

/**
 * Makes the pool of one origin.
 *
 * @param origin Scheme, host and port.
 */
export function createConnectionPool(origin: string, times: ConnectionTimes): ConnectionPool {
  const url = new URL(origin)
  const endpoint = endpointOf(url)
  const open = new Set<Pooled>()
  /** The last used is used first, so that the others may grow old. */
  let idle: Pooled[] = []
  let sweeper: NodeJS.Timeout | undefined

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
    task.connection.send(task)
  }
  const events = {
    idle(connection: Pooled) {
      idle.push(connection)
      sweeper ??= setTimeout(sweep, sweepMs).unref()
    },
    closed(connection: Pooled) {
      open.delete(connection)
      const at = idle.indexOf(connection)
      if (at >= 0) idle.splice(at, 1)
    },
    ended(task: PooledTask) {
      endTask(task)
      task.receiver.ended()
    },
    failed(task: PooledTask, error: Error) {
      if (task.reused && !task.answered && isStale(error)) start(task, undefined)
      else fail(task, error)
    },
  }
  return {
    dispatch(request, receiver) {
      const task: PooledTask = { ...newTask, request, receiver }
      receiver.opened(controlOf(task))
      if (task.isOver) return
      try {
        task.head = renderRequestHead(request, url.host)
      } catch (error) {
        return fail(task, error as Error)
      }
      start(task, takeIdle())
    },
    close() {
      clearTimeout(sweeper)
      for (const connection of open)
        connection.destroy(new ConnectionError('closed', 'The gateway is closing.'))
      idle = []
    },
  }
}

/**
 * The other side closed a connection while it was idle and our request crossed that on the way: nobody has
 * read it, so it may be sent again.
 */
function isStale(error: Error): boolean {
  const { code } = error as { code?: unknown }
  return code === 'closed' || code === 'ECONNRESET' || code === 'EPIPE'
}

/** Steers the call and nothing else: its connection is another call's as soon as this one is over. */
function controlOf(task: PooledTask): UpstreamControl {
  return {
    pause: () => task.connection?.pause(),
    resume: () => task.connection?.resume(),
    abort() {
      if (task.isOver) return
      const { connection } = task
      endTask(task)
      connection?.abandon()
      task.receiver.failed(leftEarly)
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
