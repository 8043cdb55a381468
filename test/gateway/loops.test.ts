import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGateway, type Gateway } from '@tollgate/core'
import { aiGateway } from '@tollgate/core/node'
import { Keyv } from 'keyv'
import { afterEach, describe, expect, test } from 'vitest'
import { silent } from '../adapters/bench.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

const body = { model: 'next:m', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function openUpstream(): Promise<Upstream> {
  const upstream = await startUpstream()
  closing.push(() => upstream.close())
  return upstream
}

/** A server that has an address before it is known what it serves. */
async function listen(): Promise<{ server: Server; url: string }> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` }
}

/** A gateway whose only provider is what comes next. */
async function openGateway(baseUrl: string, apiKey = 'none', store: string | Keyv = 'memory:') {
  const models = { m: { price: { input: '1', output: '1' } } }
  const gateway = createGateway({ store, logger: silent, providers: { next: { baseUrl, apiKey, models } } })
  closing.push(() => gateway.close())
  await gateway.credits.grant({ account: 'acme', amount: '1', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  return { gateway, token }
}

function post(gateway: Gateway, token: string, headers: Record<string, string> = {}): Promise<Response> {
  return gateway.fetch('http://gateway/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** The last of several gateways in a row, each the provider of the next. */
async function chain(count: number, upstream: Upstream) {
  let last = await openGateway(`${upstream.url}/v1`)
  for (let made = 1; made < count; made += 1) {
    const { server, url } = await listen()
    server.on('request', aiGateway({ gateway: last.gateway }))
    last = await openGateway(url, last.token)
  }
  return last
}

describe('a gateway that is its own provider', () => {
  test('refuses the request when it comes back, before anything is held, and the call is free', async () => {
    const { server, url } = await listen()
    // The token is made before the gateway that takes it, in a store that both share.
    const store = new Keyv()
    const { token } = await openGateway(url, 'none', store)
    const { gateway } = await openGateway(url, token, store)
    let arrived = 0
    server.on('request', () => {
      arrived += 1
    })
    server.on('request', aiGateway({ gateway }))
    const response = await post(gateway, token)
    expect(response.status).toBeGreaterThanOrEqual(500)
    expect(arrived).toBe(1)
    await expect.poll(async () => (await gateway.credits.balance('acme')).held).toBe('0.000000000')
    expect((await gateway.credits.balance('acme')).spent).toBe('0.000000000')
  })

  test('says so by code', async () => {
    const upstream = await openUpstream()
    const { gateway, token } = await openGateway(`${upstream.url}/v1`)
    expect((await post(gateway, token)).status).toBe(200)
    const mark = String(upstream.calls[0]?.headers['tollgate-via'])
    expect(mark).toMatch(/^[a-z0-9]{32}$/)
    const refused = await post(gateway, token, { 'tollgate-via': `other, ${mark}` })
    expect(refused.status).toBe(508)
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(await refused.text()).toContain('loop_detected')
    expect(upstream.calls).toHaveLength(1)
  })

  test('is known to every process over its store', async () => {
    const upstream = await openUpstream()
    const store = new Keyv()
    const [first, second] = [
      await openGateway(`${upstream.url}/v1`, 'none', store),
      await openGateway(`${upstream.url}/v1`, 'none', store),
    ]
    const marks = async ({ gateway, token }: typeof first) => {
      await expect.poll(async () => (await post(gateway, token)).status).toBe(200)
      return String(upstream.calls.at(-1)?.headers['tollgate-via'])
    }
    // The first request may be on its way before the store has told the mark.
    await marks(first)
    await marks(second)
    const shared = await marks(first)
    expect(await marks(second)).toBe(shared)
    expect((await post(second.gateway, second.token, { 'tollgate-via': shared })).status).toBe(508)
  })
})

describe('gateways in a row', { timeout: 60_000 }, () => {
  test('are eight at most', async () => {
    const upstream = await openUpstream()
    const eight = await chain(8, upstream)
    expect((await post(eight.gateway, eight.token)).status).toBe(200)
    expect(String(upstream.calls[0]?.headers['tollgate-via']).split(', ')).toHaveLength(8)
    const { server, url } = await listen()
    server.on('request', aiGateway({ gateway: eight.gateway }))
    const ninth = await openGateway(url, eight.token)
    expect((await post(ninth.gateway, ninth.token)).status).toBeGreaterThanOrEqual(500)
    expect(upstream.calls).toHaveLength(1)
  })

  test('are counted whatever they call themselves', async () => {
    const upstream = await openUpstream()
    const { gateway, token } = await openGateway(`${upstream.url}/v1`)
    const marks = ['?', '<b>', ' ', 'x'.repeat(99), 'ok', '6', '7']
    expect((await post(gateway, token, { 'tollgate-via': marks.join(',') })).status).toBe(200)
    const sent = String(upstream.calls[0]?.headers['tollgate-via']).split(', ')
    expect(sent.slice(0, 7)).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'ok', '6', '7'])
    expect((await post(gateway, token, { 'tollgate-via': [...marks, '8'].join(',') })).status).toBe(508)
  })
})
