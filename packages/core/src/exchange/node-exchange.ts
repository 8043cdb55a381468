import type { IncomingMessage, ServerResponse } from 'node:http'
import { isAscii, type WireText, wireBytes } from '../bytes/wire-text.ts'
import type { Exchange, Sink } from './exchange.ts'
import { nodeBody } from './node-body.ts'

/** A node request as a framework hands it over. */
export interface NodeExchangeInput {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Path and query below the mount. Frameworks differ in what `request.url` holds, so they say it. */
  readonly url: string
  /** What a body parser left: bytes if it kept them, else its parsed value; undefined if none ran. */
  readonly body?: unknown
  /** The client's address, where the framework knows better than the socket. @default the socket's */
  readonly remoteAddress?: () => string | undefined
}

/**
 * The seam over node's own request and response; Express, Koa, Fastify and node:http all end here.
 *
 * @example
 * const exchange = createNodeExchange({ request, response, url: request.url ?? '/' })
 * if (!gateway.handle(exchange)) next()
 */
export function createNodeExchange(input: NodeExchangeInput): Exchange {
  const { request, response, url, body } = input
  // The response's close, not the request's: that one fires as soon as the body has been read.
  const hasLeft = () => response.closed && !response.writableFinished
  const query = url.indexOf('?')
  return {
    method: request.method ?? 'GET',
    path: query < 0 ? url : url.slice(0, query),
    search: query < 0 ? '' : url.slice(query),
    headers: request.headers,
    body: nodeBody(request, body),
    sink: createNodeSink(response),
    remoteAddress: input.remoteAddress ?? (() => request.socket.remoteAddress),
    source: request,
    hasLeft,
    onLeave(listener) {
      if (hasLeft()) return listener()
      // Not `once`, which wraps the listener in two objects more; a response closes once anyway.
      response.on('close', () => {
        if (hasLeft()) listener()
      })
    },
  }
}

/**
 * ASCII goes out as text: node joins text with the head, but writes bytes apart. Anything else goes as bytes,
 * so that no middleware that has wrapped the response can take it for text of another encoding.
 */
function createNodeSink(response: ServerResponse): Sink {
  const written = (bytes: WireText) => (isAscii(bytes) ? bytes : wireBytes(bytes))
  return {
    start: (status, headers) => void response.writeHead(status, headers),
    write: (bytes) => response.write(written(bytes), 'latin1'),
    onDrain: (listener) => void response.once('drain', listener),
    end: (bytes) => void (bytes === undefined ? response.end() : response.end(written(bytes), 'latin1')),
    fail: () => void response.destroy(),
  }
}
