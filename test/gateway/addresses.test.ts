import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGateway, type Gateway, type GatewayOptions } from '@tollgate/core'
import { aiGateway as nodeGateway } from '@tollgate/core/node'
import { aiGateway as expressGateway } from '@tollgate/express'
import { aiGateway as fastifyGateway } from '@tollgate/fastify'
import { aiGateway as koaGateway } from '@tollgate/koa'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { silent } from '../adapters/bench.ts'
import { socketHosts } from '../pass-through/socket-hosts.ts'

const chat = '/v1/chat/completions'
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open(options: GatewayOptions = {}): Promise<Gateway> {
  const gateway = createGateway({
    store: 'memory:',
    sandbox: true,
    providers: {},
    logger: silent,
    ...options,
  })
  closers.push(gateway.close)
  await gateway.credits.grant({ account: 'acme', amount: '5.00', reference: 'start' })
  return gateway
}

/** @param host Where to listen: `::` takes IPv4 as well, and reports it as IPv6. */
async function listen(listener: RequestListener, host: string): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  closers.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Mounted {
  readonly gateway: Gateway
  readonly trustsProxies: boolean
  readonly host: string
}

const frameworks: Readonly<Record<string, (mounted: Mounted) => Promise<string>>> = {
  'node:http': ({ gateway, host }) => listen(nodeGateway({ gateway }), host),
  Express: ({ gateway, trustsProxies, host }) => {
    const app = express().set('trust proxy', trustsProxies)
    return listen(app.use(expressGateway({ gateway })), host)
  },
  Koa: ({ gateway, trustsProxies, host }) => {
    const app = new Koa({ proxy: trustsProxies })
    return listen(app.use(koaGateway({ gateway })).callback(), host)
  },
  Fastify: async ({ gateway, trustsProxies, host }) => {
    const fastify = Fastify({ trustProxy: trustsProxies })
    await fastify.register(fastifyGateway, { gateway })
    closers.push(() => fastify.close())
    await fastify.listen({ port: 0, host })
    return `http://127.0.0.1:${(fastify.server.address() as AddressInfo).port}`
  },
}

function request(token: string, forwarded?: string): RequestInit {
  return {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      connection: 'close',
      ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }),
    },
    body: JSON.stringify({ model: 'sandbox:echo', messages: [{ role: 'user', content: 'hello' }] }),
  }
}

async function ask(url: string, token: string, forwarded?: string): Promise<number> {
  const response = await fetch(url + chat, request(token, forwarded))
  const text = await response.text()
  if (response.status === 403) expect(text).toContain('address_not_allowed')
  return response.status
}

describe.each(Object.keys(frameworks))('%s: a key that is open to some addresses', (name) => {
  const start = async (gateway: Gateway, given: Partial<Mounted> = {}) =>
    (frameworks[name] as (typeof frameworks)[string])({
      gateway,
      trustsProxies: false,
      host: '127.0.0.1',
      ...given,
    })

  test('is refused from others, before anything is asked of a provider', async () => {
    const gateway = await open()
    const url = await start(gateway)
    const near = await gateway.keys.create({ account: 'acme', ipRanges: ['127.0.0.0/8'] })
    const far = await gateway.keys.create({ account: 'acme', ipRanges: ['10.0.0.0/8'] })
    const none = await gateway.keys.create({ account: 'acme', ipRanges: [] })
    expect(await ask(url, near.token)).toBe(200)
    expect(await ask(url, far.token)).toBe(403)
    expect(await ask(url, none.token)).toBe(403)
    const models = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${far.token}` } })
    expect(models.status).toBe(403)
    await gateway.keys.update(far.id, { ipRanges: ['127.0.0.1'] })
    expect(await ask(url, far.token)).toBe(200)
  })

  test('knows an IPv4 address that a socket for both reports as IPv6', async () => {
    const gateway = await open()
    const url = await start(gateway, { host: '::' })
    const near = await gateway.keys.create({ account: 'acme', ipRanges: ['127.0.0.1/32'] })
    const far = await gateway.keys.create({ account: 'acme', ipRanges: ['::/0', '128.0.0.0/1'] })
    expect(await ask(url, near.token)).toBe(200)
    expect(await ask(url, far.token)).toBe(403)
  })

  test('believes a header only as far as the application trusts proxies', async () => {
    const gateway = await open()
    const { token } = await gateway.keys.create({ account: 'acme', ipRanges: ['203.0.113.0/24'] })
    const url = await start(gateway)
    expect(await ask(url, token, '203.0.113.9')).toBe(403)
    if (name === 'node:http') return
    const trusting = await start(gateway, { trustsProxies: true })
    expect(await ask(trusting, token, '203.0.113.9')).toBe(200)
    expect(await ask(trusting, token, '198.51.100.1')).toBe(403)
    expect(await ask(trusting, token)).toBe(403)
  })
})

describe.each(socketHosts)('$name: behind a proxy that the gateway was told to believe', ({ start }) => {
  const remoteAddress: GatewayOptions['remoteAddress'] = ({ headers }) =>
    String(headers['x-forwarded-for']).split(',').at(-1)?.trim()

  test('requests and sockets are taken from where it says that they come', async () => {
    const gateway = await open({ remoteAddress })
    const { url, close } = await start(gateway)
    closers.push(close)
    const { token } = await gateway.keys.create({ account: 'acme', ipRanges: ['203.0.113.0/24'] })
    for (const [forwarded, status] of [
      ['198.51.100.1, 203.0.113.9', 200],
      ['203.0.113.9, 198.51.100.1', 403],
      [undefined, 403],
    ] as const) {
      expect(await ask(url, token, forwarded)).toBe(status)
      expect(await upgrade(url, token, forwarded)).toBe(status === 200 ? 101 : status)
    }
  })

  test('a rule that fails lets nobody in', async () => {
    const fail = () => {
      throw new Error('no header')
    }
    const gateway = await open({ remoteAddress: fail })
    const { url, close } = await start(gateway)
    closers.push(close)
    const { token } = await gateway.keys.create({ account: 'acme', ipRanges: ['0.0.0.0/0'] })
    expect(await ask(url, token)).toBe(500)
  })
})

/** The status of the answer to a request to change to WebSocket. */
function upgrade(url: string, token: string, forwarded?: string): Promise<number | undefined> {
  const headers = { ...request(token, forwarded).headers } as Record<string, string>
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/responses`, { headers })
  return new Promise((resolve, reject) => {
    socket.once('upgrade', ({ statusCode }) => resolve(statusCode))
    socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode))
    socket.once('error', reject)
  }).finally(() => socket.terminate()) as Promise<number | undefined>
}

test('fetch: a key with ranges is refused unless the host says where the client is', async () => {
  const gateway = await open()
  const { token } = await gateway.keys.create({ account: 'acme', ipRanges: ['203.0.113.0/24'] })
  const status = async (remoteAddress?: string) => {
    const response = await gateway.fetch(`http://gateway${chat}`, { ...request(token), remoteAddress })
    await response.text()
    return response.status
  }
  expect(await status()).toBe(403)
  expect(await status('203.0.113.9')).toBe(200)
  expect(await status('198.51.100.1')).toBe(403)
})
