import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastifyCors from '@fastify/cors'
import { bodyParser } from '@koa/bodyparser'
import koaCors from '@koa/cors'
import type { Gateway } from '@tollgate/core'
import { aiGateway as nodeGateway } from '@tollgate/core/node'
import { aiGateway as expressGateway, keepRawBody } from '@tollgate/express'
import { aiGateway as fastifyGateway } from '@tollgate/fastify'
import { aiGateway as koaGateway } from '@tollgate/koa'
import express from 'express'
import Fastify from 'fastify'
import Koa, { type Middleware } from 'koa'

/** A host with the gateway in it. */
export interface HostServer {
  /** Where the gateway's paths begin, without the version. */
  readonly url: string
  /** `fetch`, or the gateway's own where there is no socket. */
  readonly fetch: typeof fetch
  close(): Promise<void>
}

export interface Host {
  readonly name: string
  start(gateway: Gateway): Promise<HostServer>
  /** Without a socket there are no connections to cut or to keep. */
  readonly socketless?: true
  /** A parser in front has read the body: its limits and errors are the host's, and its numbers lose digits. */
  readonly parses?: 'value' | 'bytes'
}

function listen(server: Server, path = ''): Promise<HostServer> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({
        url: `http://127.0.0.1:${port}${path}`,
        fetch,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeAllConnections()
          }),
      })
    })
  })
}

function expressApp() {
  const app = express()
  app.disable('x-powered-by')
  return app
}

/** Listens with an Express application. */
export function startExpress(app: express.Express, path?: string): Promise<HostServer> {
  app.get('/host', (_request, response) => void response.json({ host: true }))
  return listen(createServer(app), path)
}

function startKoa(middleware: readonly Middleware[]): Promise<HostServer> {
  const app = new Koa()
  for (const each of middleware) app.use(each)
  app.use((context) => {
    if (context.path === '/host') context.body = { host: true }
  })
  return listen(createServer(app.callback()))
}

/** With a sibling route that needs Fastify's own parser, and CORS from another plugin. */
async function startFastify(gateway: Gateway, prefix?: string): Promise<HostServer> {
  const fastify = Fastify()
  await fastify.register(fastifyCors, { origin: 'https://app.example' })
  await fastify.register(fastifyGateway, { gateway, ...(prefix !== undefined && { prefix }) })
  fastify.get('/host', () => ({ host: true }))
  fastify.post('/sibling', (request) => ({ parsed: request.body }))
  await fastify.ready()
  const { port } = new URL(await fastify.listen({ port: 0, host: '127.0.0.1' }))
  return { url: `http://127.0.0.1:${port}${prefix ?? ''}`, fetch, close: () => closeFastify(fastify) }
}

async function closeFastify(fastify: ReturnType<typeof Fastify>): Promise<void> {
  fastify.server.closeAllConnections()
  await fastify.close()
}

/** Every way to mount the gateway. */
export const hosts: readonly Host[] = [
  {
    name: 'node:http',
    start: (gateway) => {
      const handler = nodeGateway({ gateway })
      const server = createServer((request, response) => {
        handler(request, response, () => {
          response.setHeader('content-type', 'application/json')
          response.end('{"host":true}')
        })
      })
      return listen(handler.attach(server))
    },
  },
  { name: 'Express', start: (gateway) => startExpress(expressApp().use(expressGateway({ gateway }))) },
  {
    name: 'Express behind express.json()',
    parses: 'value',
    start: (gateway) =>
      startExpress(
        expressApp()
          .use(express.json({ limit: '64mb' }))
          .use(expressGateway({ gateway })),
      ),
  },
  {
    name: 'Express behind express.json() that keeps bytes',
    parses: 'bytes',
    start: (gateway) =>
      startExpress(
        expressApp()
          .use(express.json({ limit: '64mb', verify: keepRawBody }))
          .use(expressGateway({ gateway })),
      ),
  },
  {
    name: 'Express under a mount path',
    start: (gateway) => startExpress(expressApp().use('/ai', expressGateway({ gateway })), '/ai'),
  },
  {
    name: 'Koa',
    start: (gateway) => startKoa([koaCors({ origin: 'https://app.example' }), koaGateway({ gateway })]),
  },
  {
    name: 'Koa behind a body parser',
    parses: 'bytes',
    start: (gateway) => startKoa([bodyParser({ jsonLimit: '64mb' }) as Middleware, koaGateway({ gateway })]),
  },
  { name: 'Fastify', start: (gateway) => startFastify(gateway) },
  { name: 'Fastify with a prefix', start: (gateway) => startFastify(gateway, '/ai') },
  {
    name: 'fetch',
    socketless: true,
    start: async (gateway) => ({ url: 'http://gateway', fetch: gateway.fetch, close: async () => {} }),
  },
]
