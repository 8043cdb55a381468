import { type Gateway, gatewayOf, type MountOptions } from '@tollgate/core'
import { attachUpgrades, createNodeExchange, type UpgradingServer } from '@tollgate/core/node'
import type { Context, Middleware } from 'koa'

/** Koa middleware, with the gateway it serves. */
export type GatewayMiddleware = Middleware & {
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

/** What body parsers leave on Koa's request. */
interface ParsedRequest {
  readonly rawBody?: string
  readonly body?: unknown
}

/**
 * The gateway as Koa middleware, in front of a body parser or behind. Paths that are not the gateway's go on to
 * the next middleware.
 *
 * @throws Error that lists every mistake in the options.
 * @example
 * app.use(aiGateway()) // or: app.use(aiGateway({ gateway }))
 */
export function aiGateway(mount?: MountOptions): GatewayMiddleware {
  const gateway = gatewayOf(mount)
  const middleware: Middleware = async (context, next) => {
    const { rawBody, body } = context.request as ParsedRequest
    const { req: request, res: response, url } = context
    // With the proxies that the application trusts.
    const remoteAddress = () => context.ip
    const exchange = createNodeExchange({ request, response, url, body: rawBody ?? body, remoteAddress })
    if (!gateway.handle(exchange)) return next()
    // The gateway writes to the raw response, so Koa must neither answer nor wait.
    takeOver(context)
  }
  return Object.assign(middleware, {
    gateway,
    attach: <Listening extends UpgradingServer>(server: Listening, path?: string) =>
      attachUpgrades(server, gateway, path),
  })
}

/** Headers that middleware before us has set are in the raw response already. */
function takeOver(context: Context): void {
  context.respond = false
}
