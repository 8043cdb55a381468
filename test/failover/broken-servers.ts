import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** A server that no HTTP server could be made to behave like. */
export interface BrokenServer {
  readonly url: string
  /** Connections so far. */
  connections(): number
  close(): Promise<void>
}

const pem = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url))

/** A port on which nobody listens. */
export async function refuses(): Promise<BrokenServer> {
  const server = await open(
    createServer(() => {}),
    'http',
  )
  await server.close()
  return { ...server, close: async () => {} }
}

/** Takes the connection, and never says a word of TLS. */
export const deafToTls = () =>
  open(
    createServer(() => {}),
    'https',
  )

/** Speaks TLS with a certificate that nobody trusts. */
export const untrusted = () =>
  open(
    createTlsServer({ cert: pem('localhost.cert.pem'), key: pem('localhost.key.pem') }, () => {}),
    'https',
  )

/** Answers every request with the same bytes, whatever they are, and closes. */
export const says = (bytes: string) =>
  open(
    createServer((socket) => {
      socket.once('data', () => socket.end(bytes))
    }),
    'http',
  )

async function open(server: Server, scheme: 'http' | 'https'): Promise<BrokenServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('tlsClientError', () => {})
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    // An idle socket is a patient one.
    socket.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
