import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Gateway } from '@tollgate/core'
import { aiGateway as nodeGateway } from '@tollgate/core/node'
import { aiGateway as expressGateway } from '@tollgate/express'
import { aiGateway as fastifyGateway } from '@tollgate/fastify'
import { aiGateway as koaGateway } from '@tollgate/koa'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'

export interface SocketHost {
  readonly name: string
  start(gateway: Gateway): Promise<{ readonly url: string; close(): Promise<void> }>
}

async function listen(server: Server, path = '') {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function startFastify(gateway: Gateway, prefix?: string) {
  const fastify = Fastify()
  await fastify.register(fastifyGateway, { gateway, ...(prefix !== undefined && { prefix }) })
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  return {
    url: `${url}${prefix ?? ''}`,
    async close() {
      fastify.server.closeAllConnections()
      await fastify.close()
    },
  }
}

/** Every way to serve the gateway's WebSockets. */
export const socketHosts: readonly SocketHost[] = [
  {
    name: 'node:http',
    start: (gateway) => {
      const ai = nodeGateway({ gateway })
      return listen(ai.attach(createServer(ai)))
    },
  },
  {
    name: 'Express under a mount path',
    start: (gateway) => {
      const ai = expressGateway({ gateway })
      return listen(ai.attach(createServer(express().use('/ai', ai)), '/ai'), '/ai')
    },
  },
  {
    name: 'Koa',
    start: (gateway) => {
      const ai = koaGateway({ gateway })
      const app = new Koa()
      app.use(ai)
      return listen(ai.attach(createServer(app.callback())))
    },
  },
  { name: 'Fastify', start: (gateway) => startFastify(gateway) },
  { name: 'Fastify with a prefix', start: (gateway) => startFastify(gateway, '/ai') },
]
