import {
  connect as connectTcp,
  isIP,
  type LookupFunction,
  type Socket,
  type TcpNetConnectOpts,
} from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'

export interface Endpoint {
  readonly hostname: string
  readonly port: number
  readonly tls: boolean
  readonly lookup: LookupFunction
  /** The last session of this endpoint, so that the next handshake is a short one. */
  session?: Buffer
}

/** What `new URL` says of an origin. */
export function endpointOf({ protocol, hostname, port }: URL, lookup: LookupFunction): Endpoint {
  const tls = protocol === 'https:'
  // A literal of version 6 stands in brackets in addresses and nowhere else.
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (tls ? 443 : 80), tls, lookup }
}

/**
 * Every socket reads into the same memory: it is read out before the next one gets its turn. A buffer for each
 * read, as sockets have by themselves, is the dearest part of reading.
 */
const shared = Buffer.allocUnsafeSlow(65_536)

/**
 * Opens a socket that hands what it reads to `read`, past the stream that it is otherwise.
 *
 * @param read Gets bytes that are valid until it returns.
 */
export function openSocket(endpoint: Endpoint, read: (bytes: Buffer) => void): Socket {
  const { hostname, port, tls, lookup, session } = endpoint
  const options: TcpNetConnectOpts = {
    host: hostname,
    port,
    lookup,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    onread: {
      buffer: shared,
      callback(length) {
        read(shared.subarray(0, length))
        return true
      },
    },
  }
  if (!tls) return connectTcp(options)
  const secure: ConnectionOptions = {
    ...options,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(hostname) === 0 && { servername: hostname }),
    ...(session && { session }),
  }
  return connectTls(secure).on('session', (next) => {
    endpoint.session = next
  })
}
