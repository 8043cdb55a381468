import { type Gateway, gatewayOf, type MountOptions } from '@tollgate/core'
import { attachUpgrades, createNodeExchange, listRoutes } from '@tollgate/core/node'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** The gateway that the plugin serves. */
    aiGateway: Gateway
  }
}

/** Options of a gateway, or one to share, and where its routes begin. */
export type GatewayPluginOptions = MountOptions & { readonly prefix?: string }

/**
 * The gateway as a Fastify plugin, with or without a prefix. Its routes live in a scope of their own, so parsers
 * and routes beside it stay as they are. A gateway that the plugin made is closed with the server.
 *
 * @throws Error that lists every mistake in the options.
 * @example
 * await fastify.register(aiGateway, { prefix: '/ai' })
 * await fastify.aiGateway.credits.grant({ account: 'acme', amount: '5.00', reference: 'welcome' })
 */
export const aiGateway: FastifyPluginAsync<GatewayPluginOptions> = Object.assign(
  async (fastify: FastifyInstance, { prefix = '', ...mount }: GatewayPluginOptions) => {
    const gateway = gatewayOf(mount)
    if (!fastify.hasDecorator('aiGateway')) fastify.decorate('aiGateway', gateway)
    if (!('gateway' in mount)) fastify.addHook('onClose', () => gateway.close())
    await fastify.register(async (scope) => addRoutes(scope, gateway), { prefix })
  },
  // The decoration is for the host; the routes get a scope of their own above.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: '@tollgate/fastify' },
)

function addRoutes(scope: FastifyInstance, gateway: Gateway): void {
  // The gateway reads the body itself, byte for byte.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  attachUpgrades(scope.server, gateway, scope.prefix)
  const depth = segments(scope.prefix)
  for (const { path, methods } of listRoutes()) {
    const method = methods.filter((name) => !scope.hasRoute({ url: scope.prefix + path, method: name }))
    if (method.length === 0) continue
    scope.route({
      method,
      url: path,
      exposeHeadRoute: false,
      handler(request, reply) {
        takeOver(reply)
        const url = below(request.raw.url ?? '/', depth)
        // With the proxies that the server trusts.
        const remoteAddress = () => request.ip
        const exchange = createNodeExchange({
          request: request.raw,
          response: reply.raw,
          url,
          remoteAddress,
        })
        if (!gateway.handle(exchange)) gateway.handleUnknown(exchange)
      },
    })
  }
}

/** The gateway writes to the raw response; what other plugins have set, such as CORS headers, goes with it. */
function takeOver(reply: FastifyReply): void {
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value)
  }
}

function segments(prefix: string): number {
  return prefix.split('/').filter((segment) => segment !== '').length
}

/** The raw URL keeps the prefix, and a prefix may have parameters: it is its segments that come off. */
function below(url: string, depth: number): string {
  let start = 0
  for (let passed = 0; passed < depth; passed += 1) start = url.indexOf('/', start + 1)
  return start < 0 ? '/' : url.slice(start)
}
