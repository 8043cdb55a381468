import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway, type Gateway } from '@tollgate/core'
import { describe, expect } from 'vitest'
import { silent } from '../adapters/bench.ts'
import { stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { type OwnStore, ownStores, testOwnStore } from './own-stores.ts'

const timeoutMs = 60_000

/** Two gateways on one store, as on two machines: they share nothing else. */
async function withTwo(store: OwnStore, work: (scene: Scene) => Promise<void>): Promise<void> {
  const server = await ownStores[store]()
  await server.start()
  const spool = mkdtempSync(join(tmpdir(), 'shared-store-'))
  const upstream = await startUpstream()
  const openai = { apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1` }
  const options = { store: server.url, spool, sandbox: true, providers: { openai }, logger: silent }
  const open = () => createGateway(options)
  const [here, there] = [open(), open()]
  try {
    await untilReady(here)
    await untilReady(there)
    await here.credits.grant({ account: 'acme', amount: '5.00', reference: 'start' })
    await work({ here, there, upstream, pause: server.pause, resume: server.resume })
  } finally {
    server.resume()
    await Promise.all([here.close(), there.close()])
    await upstream.close()
    await server.remove()
    rmSync(spool, { recursive: true })
  }
}

interface Scene {
  readonly here: Gateway
  readonly there: Gateway
  readonly upstream: Upstream
  readonly pause: () => void
  readonly resume: () => void
}

/** A server that has just been started needs a moment. */
async function untilReady(gateway: Gateway): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const isReady = await gateway.ready().then(
      () => true,
      () => false,
    )
    if (isReady) return
    await sleep(100)
  }
}

function ask(token: string, more: object = {}): Request {
  return new Request('http://gateway/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sandbox:echo', messages: [{ role: 'user', content: 'hello' }], ...more }),
  })
}

const served = (statuses: readonly number[]) => statuses.filter((status) => status === 200).length

/** Calls that alternate between both gateways; resolves to their statuses. */
async function callBoth({ here, there }: Scene, token: string, count: number): Promise<number[]> {
  const gateways = Array.from({ length: count }, (_, index) => (index % 2 === 0 ? here : there))
  return Promise.all(
    gateways.map(async (gateway) => {
      const answer = await gateway.fetch(ask(token))
      await answer.text()
      return answer.status
    }),
  )
}

async function shareEverything(scene: Scene): Promise<void> {
  const { here, there } = scene
  const { token } = await here.keys.create({ account: 'acme', limits: { rpm: 10 } })
  expect(served(await callBoth(scene, token, 30))).toBe(10)

  const budget = await there.keys.create({
    account: 'acme',
    limits: { spend: { limit: '0.005', window: 'day' } },
  })
  const statuses = await callBoth(scene, budget.token, 60)
  expect(served(statuses)).toBeGreaterThan(0)
  expect(statuses).toContain(429)
  await expect.poll(async () => (await here.credits.balance('acme')).held).toBe('0.000000000')
  let spent = 0n
  for await (const { key, amount } of there.credits.ledger('acme'))
    if (key === budget.id) spent += BigInt(amount.replace('.', ''))
  expect(spent).toBeGreaterThan(0n)
  expect(spent).toBeLessThanOrEqual(5_000_000n)

  expect(await there.credits.balance('acme')).toEqual(await here.credits.balance('acme'))
  expect(await there.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
  await revokeUnderLoad(scene)
}

/** A key that is used all the time is refused by the other gateway within the time it is cached for. */
async function revokeUnderLoad({ here, there }: Scene): Promise<void> {
  const { token, id } = await here.keys.create({ account: 'acme' })
  const call = async () => {
    const answer = await there.fetch(ask(token))
    await answer.text()
    return answer.status
  }
  expect(await call()).toBe(200)
  await here.keys.revoke(id)
  expect((await here.fetch(ask(token))).status).toBe(401)
  const revokedAt = performance.now()
  while ((await call()) === 200 && performance.now() - revokedAt < 20_000) await sleep(20)
  expect(await call()).toBe(401)
  expect(performance.now() - revokedAt).toBeLessThan(8000)
}

async function surviveSilence({ here, upstream, pause, resume }: Scene): Promise<void> {
  const silence = Promise.withResolvers<void>()
  const word = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'word' } }] })}\n\n`
  const end = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } })}\n\n`
  upstream.respond(stream([word, end, 'data: [DONE]\n\n'], { gate: silence.promise, gateAfter: 1 }))
  const { token } = await here.keys.create({ account: 'acme' })
  const warm = await here.fetch(ask(token))
  await warm.text()
  const running = await here.fetch(ask(token, { model: 'gpt-4o', stream: true }))
  expect(running.status).toBe(200)
  pause()
  const start = performance.now()
  const refused = await here.fetch(ask(token))
  expect(refused.status).toBe(503)
  expect(performance.now() - start).toBeLessThan(2000)
  silence.resolve()
  expect(await running.text()).toContain('[DONE]')
  resume()
  const settled = async () => {
    const rows: string[] = []
    for await (const { op } of here.credits.ledger('acme')) rows.push(op)
    return rows.filter((op) => op.startsWith('settle')).length
  }
  await expect.poll(settled, { timeout: 20_000, interval: 200 }).toBe(2)
  await expect.poll(async () => (await here.fetch(ask(token))).status, { timeout: 5000 }).toBe(200)
  expect(await here.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
}

const stores: readonly OwnStore[] = ['redis', 'postgres', 'mariadb']

describe('P15 P16 two gateways on one store have one set of limits, budgets, keys and credits', () => {
  for (const store of stores) testOwnStore(store, () => withTwo(store, shareEverything), timeoutMs)
})

describe('P29 a store that says nothing refuses new calls within two seconds, and charges those under way when it is back', () => {
  for (const store of stores) testOwnStore(store, () => withTwo(store, surviveSilence), timeoutMs)
})
