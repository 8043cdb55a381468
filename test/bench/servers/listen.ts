import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on a free port, ready for thousands of callers at once that rest between their turns. */
export function listen(server: Server): Promise<number> {
  server.keepAliveTimeout = 3_600_000
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
      resolve((server.address() as AddressInfo).port)
    })
  })
}
