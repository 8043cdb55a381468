import { connect, type Socket } from 'node:net'
import { createResponseReader, type ResponseReader } from './response-reader.ts'

export interface CallPlan {
  /** Head and body as they go on the wire. */
  readonly request: Buffer
  /** Body bytes after which this client closes its connection. @default it stays to the end */
  readonly leaveAfter?: number
}

export interface CallResult {
  readonly status: number
  readonly bodyBytes: number
  readonly lastPiece: string
  /** Writes of the server that the body came in. */
  readonly pieces: number
  /** How the answer came to its end: properly, by a broken connection, or because this client left. */
  readonly end: 'complete' | 'broken' | 'left'
  /** Milliseconds from the moment the call was made; a new connection is part of it. */
  readonly firstByte: number
  readonly total: number
}

/** A client with one connection, made when it is needed. */
export interface Connection {
  call(plan: CallPlan): Promise<CallResult>
  /** `performance.now()` of the last byte of the running call's body; undefined when none runs or came. */
  readonly lastByteAt: number | undefined
  close(): void
}

interface RunningCall {
  readonly plan: CallPlan
  readonly reader: ResponseReader
  readonly startedAt: number
  firstByteAt: number | undefined
  lastByteAt: number | undefined
  resolve(result: CallResult): void
}

/** A server that says nothing for so long has lost the call. */
const hangMs = 60_000

/** Raw sockets: a client on node:http would need more of its core than the servers of theirs. */
export function createConnection(port: number): Connection {
  let socket: Socket | undefined
  let running: RunningCall | undefined

  const finish = (end: CallResult['end']) => {
    const call = running
    if (!call) return
    running = undefined
    if (end !== 'complete') socket = undefined
    call.resolve(result(call, end))
  }
  const open = (): Socket => {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true })
    opened.on('data', (bytes) => {
      if (!running) return
      receive(running, bytes)
      if (running.reader.complete) return finish('complete')
      if (running.reader.bodyBytes < (running.plan.leaveAfter ?? Number.POSITIVE_INFINITY)) return
      opened.destroy()
      finish('left')
    })
    // 'close' follows and says the same.
    opened.on('error', () => {})
    opened.on('close', () => {
      if (socket !== opened) return
      socket = undefined
      finish('broken')
    })
    opened.on('end', () => opened.destroy())
    opened.setTimeout(hangMs, () => opened.destroy())
    return opened
  }
  return {
    call: (plan) =>
      new Promise((resolve) => {
        const reader = createResponseReader()
        running = {
          plan,
          reader,
          startedAt: performance.now(),
          firstByteAt: undefined,
          lastByteAt: undefined,
          resolve,
        }
        socket ??= open()
        socket.write(plan.request)
      }),
    get lastByteAt() {
      return running?.lastByteAt
    },
    close: () => void socket?.destroy(),
  }
}

function receive(call: RunningCall, bytes: Buffer): void {
  const before = call.reader.bodyBytes
  call.reader.push(bytes)
  if (call.reader.bodyBytes === before) return
  call.lastByteAt = performance.now()
  call.firstByteAt ??= call.lastByteAt
}

function result({ reader, startedAt, firstByteAt }: RunningCall, end: CallResult['end']): CallResult {
  const { status, bodyBytes, lastPiece, pieces } = reader
  const now = performance.now()
  return {
    status,
    bodyBytes,
    lastPiece,
    pieces,
    end,
    firstByte: (firstByteAt ?? now) - startedAt,
    total: now - startedAt,
  }
}
