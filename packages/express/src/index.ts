import { type Gateway, gatewayOf, type MountOptions } from '@tollgate/core'
import { attachUpgrades, createNodeExchange, type UpgradingServer } from '@tollgate/core/node'
import type { Request, RequestHandler, Response } from 'express'

/** Express middleware, with the gateway it serves. */
export type GatewayMiddleware = RequestHandler & {
  readonly gateway: Gateway
  /**
   * Serves WebSockets of the application's server, too; returns the server.
   *
   * @param path Where the gateway is mounted, if not at the root: `/ai`.
   * @example
   * ai.attach(app.listen(3000))
   */
  attach<Listening extends UpgradingServer>(server: Listening, path?: string): Listening
}

/**
 * The gateway as Express middleware, at the root or under a mount path, in front of a body parser or behind.
 * Paths that are not the gateway's go on to the next handler.
 *
 * @throws Error that lists every mistake in the options.
 * @example
 * app.use(aiGateway()) // or: app.use('/ai', aiGateway({ gateway }))
 */
export function aiGateway(mount?: MountOptions): GatewayMiddleware {
  const gateway = gatewayOf(mount)
  const middleware: RequestHandler = (request, response, next) => {
    // Express has taken the mount path off `url`; a parser that ran before has taken the body.
    const body: unknown = (request as { readonly rawBody?: unknown }).rawBody ?? request.body
    // With the proxies that the application trusts.
    const remoteAddress = () => request.ip
    const exchange = createNodeExchange({ request, response, url: request.url, body, remoteAddress })
    if (!gateway.handle(exchange)) next()
  }
  return Object.assign(middleware, {
    gateway,
    attach: <Listening extends UpgradingServer>(server: Listening, path?: string) =>
      attachUpgrades(server, gateway, path),
  })
}

/**
 * Lets a body parser mounted in front keep the bytes, so that they go through unchanged: without them the
 * parsed value is written out again, and integers above 2^53 have lost digits.
 *
 * @example
 * app.use(express.json({ verify: keepRawBody }))
 */
export function keepRawBody(request: Request, _response: Response, bytes: Buffer): void {
  Object.assign(request, { rawBody: bytes })
}
