import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Exchange, Sink } from '../exchange/exchange.ts'
import type { Subprotocols } from './subprotocols.ts'
import type { Upgrade } from './upgrade.ts'

/**
 * The request of an upgrade as every request is seen: who is refused gets an ordinary answer. A key that came as a
 * subprotocol, as browsers send it, stands where keys stand.
 */
export function upgradeExchange({ request, socket, url }: Upgrade, { key }: Subprotocols): Exchange {
  const query = url.indexOf('?')
  const { 'sec-websocket-protocol': _, ...headers } = request.headers
  const place = headers.authorization === undefined ? 'authorization' : 'x-api-key'
  const hasLeft = () => socket.destroyed
  return {
    method: request.method ?? 'GET',
    path: query < 0 ? url : url.slice(0, query),
    search: query < 0 ? '' : url.slice(query),
    headers:
      key === undefined
        ? headers
        : { ...headers, [place]: place === 'authorization' ? `Bearer ${key}` : key },
    body: { kind: 'bytes', bytes: Buffer.alloc(0) },
    sink: refusalSink(socket),
    remoteAddress: () => request.socket.remoteAddress,
    source: request,
    hasLeft,
    onLeave: (listener) => (hasLeft() ? listener() : void socket.once('close', listener)),
  }
}

/** Answers on the raw socket, and closes it. */
function refusalSink(socket: Duplex): Sink {
  let head = ''
  return {
    start(status, headers) {
      head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\nconnection: close\r\n`
      for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`
    },
    write: () => true,
    onDrain: (listener) => listener(),
    end: (bytes = '' as never) => void socket.end(`${head}\r\n${bytes}`, 'latin1'),
    fail: () => void socket.destroy(),
  }
}
