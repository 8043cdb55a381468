import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { asBuffer } from '../bytes/as-buffer.ts'
import { type BodyBytes, bodyOf } from '../bytes/body-bytes.ts'
import { bodyTooLarge } from './body-limit.ts'
import type { Exchange, ExchangeBody } from './exchange.ts'
import { createWebSink } from './web-sink.ts'

export interface WebExchange {
  readonly exchange: Exchange
  /** Resolves when the call sends its status; rejects, as fetch does, when the client leaves before. */
  readonly response: Promise<Response>
}

/**
 * The seam over WHATWG Request and Response: no socket, any runtime or framework that speaks fetch.
 *
 * @param remoteAddress The client's address, where the host knows one.
 */
export function createWebExchange(request: Request, remoteAddress?: string): WebExchange {
  let left = false
  const listeners: (() => void)[] = []
  const leave = () => {
    if (left) return
    left = true
    for (const listener of listeners) listener()
  }
  const { sink, response, abort: abortBody } = createWebSink(leave)
  const { signal } = request
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => {
      leave()
      abortBody(signal.reason)
      reject(signal.reason)
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  const url = new URL(request.url)
  const exchange: Exchange = {
    method: request.method,
    path: url.pathname,
    search: url.search,
    headers: Object.fromEntries(request.headers),
    body: webBody(request),
    sink,
    remoteAddress: () => remoteAddress,
    source: request,
    hasLeft: () => left,
    onLeave: (listener) => (left ? listener() : void listeners.push(listener)),
  }
  return { exchange, response: Promise.race([response, aborted]) }
}

function webBody(request: Request): ExchangeBody {
  return {
    kind: 'stream',
    read: (limit) => readWebBody(request, limit),
    open: () => (request.body ? Readable.fromWeb(request.body as WebStream) : Readable.from([])),
  }
}

async function readWebBody(request: Request, limit: number): Promise<BodyBytes> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.length
    if (length > limit) throw bodyTooLarge(limit)
    pieces.push(asBuffer(chunk))
  }
  return bodyOf(pieces)
}
