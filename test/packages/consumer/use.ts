import { createServer } from 'node:http'
import {
  createGateway,
  type Gateway,
  GatewayError,
  type GatewayOptions,
  type UsageEvent,
} from '@tollgate/core'
import { aiGateway as nodeGateway } from '@tollgate/core/node'
import { aiGateway as expressGateway, keepRawBody } from '@tollgate/express'
import { aiGateway as fastifyGateway } from '@tollgate/fastify'
import { aiGateway as koaGateway } from '@tollgate/koa'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'

const options: GatewayOptions = {
  store: 'memory:',
  fee: { perMillionTokens: '0.05' },
  authenticate: async ({ headers }) => (headers.cookie ? { account: 'acme' } : undefined),
  onUsage: (event: UsageEvent) => console.log(event.charged satisfies string),
}

export const gateway: Gateway = createGateway(options)
export const app = express()
  .use(express.json({ verify: keepRawBody }))
  .use('/ai', expressGateway({ gateway }))
export const koa = new Koa().use(koaGateway({ gateway }))
export const server = createServer(nodeGateway({ gateway }))
export const fastify = Fastify()
await fastify.register(fastifyGateway, { gateway, prefix: '/ai' })
const closed: Promise<void> = fastify.aiGateway.close()
await closed.catch((error: unknown) => GatewayError.isInstance(error) && error.status.toFixed())
