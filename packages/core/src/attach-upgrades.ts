import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Gateway } from './gateway.ts'

/** What has an `upgrade` event, as the servers of `node:http` and `node:https` do. */
export type UpgradingServer = Pick<Server, 'on' | 'listenerCount'>

const notFound = 'HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'

/**
 * Serves WebSockets of a server with a gateway. Paths that are not the gateway's are left to the host's own listeners,
 * and refused where there are none.
 *
 * @param path Where the gateway is mounted: `/ai`. Segments like `:tenant` stand for any.
 * @returns The server.
 * @example
 * attachUpgrades(app.listen(3000), gateway)
 */
export function attachUpgrades<Listening extends UpgradingServer>(
  server: Listening,
  gateway: Gateway,
  path = '',
): Listening {
  const mount = mountPattern(path)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = mount.exec(request.url ?? '/')?.[1]
    if (url !== undefined && gateway.handleUpgrade({ request, socket, head, url: url === '' ? '/' : url }))
      return
    if (server.listenerCount('upgrade') === 1) socket.on('error', () => {}).end(notFound)
  })
  return server
}

function mountPattern(path: string): RegExp {
  const segments = path.split('/').filter((segment) => segment !== '')
  const prefix = segments
    .map((segment) => `/${segment.startsWith(':') ? '[^/?]+' : segment.replaceAll(/[^\w-]/g, '\\$&')}`)
    .join('')
  return new RegExp(`^${prefix}(/.*|\\?.*|)$`, 's')
}
