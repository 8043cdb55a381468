import type { Socket } from 'node:net'
import { ConnectionError } from '../connection-error.ts'
import type { UpstreamReceiver, UpstreamRequest } from '../transport.ts'
import { createDeadline, type DeadlineCode } from './deadline.ts'
import { type Endpoint, openSocket } from './open-socket.ts'
import type { ResponseHead } from './response-head.ts'
import { createResponseParser } from './response-parser.ts'

/** One request on its way. */
export interface Task {
  readonly request: UpstreamRequest
  /** Of the request, rendered. */
  readonly head: string
  readonly receiver: UpstreamReceiver
  /** Bytes of an answer have come. */
  answered: boolean
}

/** One socket to a provider, with one request at a time on it. */
export interface Connection<Sent extends Task> {
  /** Takes a request; the first one at once, before the socket is connected. */
  send(task: Sent): void
  pause(): void
  resume(): void
  /** Closes the socket and says nothing more of what was under way. */
  abandon(): void
  /** Closes the socket; what was under way fails with the error. */
  destroy(error: Error): void
  /** What was sent is on its way. */
  isConnected(): boolean
  /** Until when an idle connection may be used, milliseconds since the epoch; 0 when it is closed. */
  idleUntil(): number
}

export interface ConnectionEvents<Sent extends Task> {
  /** The connection may carry another request. */
  idle(connection: Connection<Sent>): void
  closed(connection: Connection<Sent>): void
  ended(task: Sent): void
  failed(task: Sent, error: Error): void
}

/** Milliseconds. */
export interface ConnectionTimes {
  readonly connect: number
  /** How long an idle connection is kept whose other side does not say how long it does. */
  readonly idle: number
}

/** The other side closes an idle connection a little before it says, as our clock sees it. */
const idleMarginMs = 1000

export interface ConnectionOptions<Sent extends Task> {
  readonly endpoint: Endpoint
  readonly times: ConnectionTimes
  readonly events: ConnectionEvents<Sent>
}

/** Opens a connection. */
export function openConnection<Sent extends Task>(options: ConnectionOptions<Sent>): Connection<Sent> {
  const { endpoint, times, events } = options
  let task: Sent | undefined
  let ended: ResponseHead | undefined
  let failure: Error | undefined
  let connected = false
  /** The head of the answer has come. */
  let begun = false
  let paused = false
  let idleUntil = 0

  const parser = createResponseParser({
    head(head) {
      begun = true
      task?.receiver.responded(head.status, head.headers)
    },
    data: (chunk) => task?.receiver.data(chunk),
    end(head) {
      ended = head
    },
  })
  const complete = ({ keepAlive, idleMs }: ResponseHead, isAlone: boolean) => {
    const done = task
    task = undefined
    ended = undefined
    deadline.stop()
    if (paused) connection.resume()
    if (keepAlive && isAlone && !socket.destroyed && socket.writableLength === 0) {
      idleUntil = Date.now() + (idleMs === undefined ? times.idle : idleMs - idleMarginMs)
      socket.unref()
      events.idle(connection)
    } else {
      socket.destroy()
    }
    if (done) events.ended(done)
  }
  const destroy = (error: Error) => {
    failure ??= error
    socket.destroy()
  }
  /** Bytes that nobody asked for end a connection. */
  const read = (bytes: Buffer) => {
    if (!task) return void socket.destroy()
    task.answered = true
    try {
      const consumed = parser.push(bytes)
      if (ended) complete(ended, consumed === bytes.length)
      else if (task && begun) deadline.start('body_timeout', task.request.bodyTimeout)
    } catch (error) {
      destroy(error as Error)
    }
  }
  const finish = () => {
    if (!task) return void socket.destroy()
    try {
      parser.finish()
      if (ended) complete(ended, false)
    } catch (error) {
      destroy(error as Error)
    }
  }
  const close = () => {
    deadline.end()
    events.closed(connection)
    const failed = task
    task = undefined
    if (failed) events.failed(failed, failure ?? new ConnectionError('closed', 'The connection was closed.'))
  }
  const connect = () => {
    connected = true
    if (task) deadline.start('headers_timeout', task.request.headersTimeout)
  }

  const deadline = createDeadline(
    (code) => destroy(new ConnectionError(code, lateText[code])),
    () => paused,
  )
  const socket = openSocket(endpoint, read)
  socket.once(endpoint.tls ? 'secureConnect' : 'connect', connect)
  socket.once('end', finish)
  socket.on('error', destroy)
  socket.once('close', close)

  const connection: Connection<Sent> = {
    send(next) {
      task = next
      begun = false
      if (!connected) deadline.start('connect_timeout', next.request.connectTimeout ?? times.connect)
      else {
        socket.ref()
        deadline.start('headers_timeout', next.request.headersTimeout)
      }
      write(socket, next)
    },
    pause() {
      paused = true
      socket.pause()
    },
    resume() {
      paused = false
      socket.resume()
      // Our own silence took nothing of the other side's time.
      if (task && begun) deadline.start('body_timeout', task.request.bodyTimeout)
    },
    abandon() {
      task = undefined
      socket.destroy()
    },
    destroy,
    isConnected: () => connected,
    idleUntil: () => (socket.destroyed ? 0 : idleUntil),
  }
  return connection
}

const lateText: Readonly<Record<DeadlineCode, string>> = {
  connect_timeout: 'The connection was not made in time.',
  headers_timeout: 'The headers of the answer did not come in time.',
  body_timeout: 'The answer fell silent.',
}

function write(socket: Socket, { head, request: { body } }: Task): void {
  if (body === undefined) {
    socket.write(head, 'latin1')
  } else if (body.latin1 !== undefined) {
    socket.write(head + body.latin1, 'latin1')
  } else {
    // All of it bytes, so that node passes it to the system as it is.
    socket.cork()
    socket.write(Buffer.from(head, 'latin1'))
    for (const piece of body.pieces) socket.write(piece)
    socket.uncork()
  }
}
