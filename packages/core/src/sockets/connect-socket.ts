import type { IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import { createFrameSocket, type FrameSocket } from './frame-socket.ts'

export interface ConnectOptions {
  /** `wss://…` */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly protocols: readonly string[]
  readonly handshakeMs: number
  /** Finds the addresses of a name. */
  readonly lookup: LookupFunction
  /** Bytes of a frame. */
  readonly maxPayload: number
  /** Ends the attempt. */
  readonly signal: AbortSignal
}

/** A provider answered with something else than a WebSocket. */
export interface Refused {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const mostRefusal = 65_536

/** Opens a WebSocket to a provider, or says how it was refused. Rejects when there is no connection. */
export async function connectSocket(options: ConnectOptions): Promise<FrameSocket | Refused> {
  const { url, headers, protocols, handshakeMs, lookup, maxPayload, signal } = options
  const { WebSocket } = await import('ws')
  signal.throwIfAborted()
  const socket = new WebSocket(url, [...protocols], {
    headers,
    lookup,
    handshakeTimeout: handshakeMs,
    maxPayload,
    perMessageDeflate: false,
    followRedirects: false,
  })
  const abort = () => socket.terminate()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await new Promise<FrameSocket | Refused>((resolve, reject) => {
      socket.once('open', () => {
        // What comes before anybody listens would be lost.
        socket.pause()
        resolve(createFrameSocket(socket, 0))
      })
      socket.once(
        'unexpected-response',
        (_request, response) => void readRefusal(response).then(resolve, reject),
      )
      socket.on('error', reject)
    })
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function readRefusal(response: IncomingMessage): Promise<Refused> {
  let body = ''
  for await (const chunk of response) {
    body += chunk
    if (body.length > mostRefusal) break
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}
