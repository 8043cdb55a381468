import type { IncomingMessage, ServerResponse } from 'node:http'
import { attachUpgrades, type UpgradingServer } from './attach-upgrades.ts'
import { createNodeExchange } from './exchange/node-exchange.ts'
import type { Gateway } from './gateway.ts'
import { gatewayOf, type MountOptions } from './mount.ts'

export { attachUpgrades, type UpgradingServer } from './attach-upgrades.ts'
export { type ListedRoute, listRoutes } from './call/routes.ts'
export { createNodeExchange, type NodeExchangeInput } from './exchange/node-exchange.ts'
export { gatewayOf, type MountOptions } from './mount.ts'

/** A request listener for `node:http` that also works as middleware. */
export interface NodeHandler {
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void
  readonly gateway: Gateway
  /** Serves WebSockets of a server, too; returns the server. */
  attach<Listening extends UpgradingServer>(server: Listening, path?: string): Listening
}

/**
 * The gateway on plain `node:http`, or in any framework whose middleware takes node's own objects. Paths that
 * are not the gateway's go on to `next`, or are answered with 404 where there is none.
 *
 * @throws Error that lists every mistake in the options.
 * @example
 * import { createServer } from 'node:http'
 * const gateway = aiGateway()
 * gateway.attach(createServer(gateway)).listen(3000)
 */
export function aiGateway(mount?: MountOptions): NodeHandler {
  const gateway = gatewayOf(mount)
  const handler = (
    request: IncomingMessage,
    response: ServerResponse,
    next?: (error?: unknown) => void,
  ): void => {
    const exchange = createNodeExchange({ request, response, url: request.url ?? '/' })
    if (gateway.handle(exchange)) return
    if (next) next()
    else gateway.handleUnknown(exchange)
  }
  return Object.assign(handler, {
    gateway,
    attach: <Listening extends UpgradingServer>(server: Listening, path?: string) =>
      attachUpgrades(server, gateway, path),
  })
}
