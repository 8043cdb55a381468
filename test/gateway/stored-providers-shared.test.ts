import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGateway, type Gateway, type GatewayOptions } from '@tollgate/core'
import { Keyv, type KeyvStoreAdapter } from 'keyv'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCredits } from '../../packages/core/src/credits/open-credits.ts'
import { assembleGateway } from '../../packages/core/src/gateway-assembly.ts'
import { resolveOptions } from '../../packages/core/src/options/resolve-options.ts'
import { openStore } from '../../packages/core/src/store/open-store.ts'
import { createTestDatabase } from '../postgres/databases.ts'
import { describeWithService, postgresUrl } from '../services.ts'
import { type OwnStore, ownStores, testOwnStore } from '../stores/own-stores.ts'
import { json } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

const price = { input: '1', output: '2' }
const usage = { prompt_tokens: 1, completion_tokens: 1 }
const answer = json(200, { model: 'small', choices: [{ index: 0, message: { content: 'hello' } }], usage })
/** What other processes may take to see a change, and a moment of the test's own. */
const soon = { timeout: 4500, interval: 50 }

let folder: string
let upstream: Upstream
let open: Gateway[]
let warnings: string[]
let number = 0

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stored-providers-'))
  upstream = await startUpstream(answer)
  open = []
  warnings = []
})
afterEach(async () => {
  await Promise.all(open.map((gateway) => gateway.close()))
  await upstream.close()
  rmSync(folder, { recursive: true, force: true })
})

const note = (_: object, message: string) => void warnings.push(message)

function optionsFor(store: string): GatewayOptions {
  number += 1
  return {
    store,
    spool: join(folder, `spool-${number}`),
    secret: 'the secret of now',
    providers: {},
    logger: { info() {}, warn: note, error: note },
  }
}

function start(store: string): Gateway {
  const gateway = createGateway(optionsFor(store))
  open.push(gateway)
  return gateway
}

/** One that looks for the changes of others so often that a test need not wait. */
function startQuick(store: string): Gateway {
  const resolved = resolveOptions(optionsFor(store))
  const opened = openStore(resolved.store, resolved)
  const credits = openCredits(opened, resolved)
  const gateway = assembleGateway({ resolved, store: opened, credits, providersCacheMs: 100 })
  open.push(gateway)
  return gateway
}

const local = () => ({
  id: 'local',
  baseUrl: `${upstream.url}/v1`,
  apiKey: 'sk-one',
  models: { small: { price } },
})

function caller(token: string) {
  const body = JSON.stringify({
    model: 'local:small',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'hi' }],
  })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return async (gateway: Gateway): Promise<number> => {
    const response = await gateway.fetch('http://gateway/v1/chat/completions', {
      method: 'POST',
      headers,
      body,
    })
    await response.text()
    return response.status
  }
}

async function createToken(gateway: Gateway): Promise<string> {
  await gateway.credits.grant({ account: 'acme', amount: '10', reference: 'start' })
  return (await gateway.keys.create({ account: 'acme' })).token
}

/** Two gateways as two processes have them. */
async function testChanges(store: string): Promise<void> {
  const [here, there] = [start(store), start(store)]
  await expect
    .poll(
      () =>
        Promise.all([here.ready(), there.ready()]).then(
          () => true,
          () => false,
        ),
      soon,
    )
    .toBe(true)
  const call = caller(await createToken(here))
  expect(await call(there)).toBe(404)
  await here.providers.create(local())
  expect(await call(here)).toBe(200)
  await expect.poll(() => call(there), soon).toBe(200)

  await there.providers.update('local', { apiKey: 'sk-two' })
  const keyThere = async () => {
    upstream.calls.length = 0
    await call(here)
    return upstream.calls[0]?.headers.authorization
  }
  await expect.poll(keyThere, soon).toBe('Bearer sk-two')

  const edits = [here, there].map(({ providers }, at) =>
    providers.update('local', { name: `${at}` }, { version: 2 }),
  )
  const settled = await Promise.allSettled(edits)
  expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'version_conflict', status: 409 },
  })
  expect(await here.providers.get('local')).toEqual(await there.providers.get('local'))

  await here.providers.delete('local')
  expect(await call(here)).toBe(404)
  await expect.poll(() => call(there), soon).toBe(404)
}

await describeWithService('two gateways on one Postgres', postgresUrl(), () => {
  test('see what the other changes within four seconds, and refuse what is based on less', async () => {
    const database = await createTestDatabase()
    try {
      await testChanges(database.url)
      await Promise.all(open.splice(0).map((gateway) => gateway.close()))
    } finally {
      await database.drop()
    }
  }, 30_000)
})

const servers: readonly OwnStore[] = ['redis', 'mariadb']

describe('two gateways see what the other changes within four seconds', () => {
  for (const store of servers)
    testOwnStore(
      store,
      async () => {
        const server = await ownStores[store]()
        await server.start()
        try {
          await testChanges(server.url)
          await Promise.all(open.splice(0).map((gateway) => gateway.close()))
        } finally {
          await server.remove()
        }
      },
      60_000,
    )
})

describe('a SQLite file', () => {
  test('is followed by the process that serves, whoever manages it beside that', async () => {
    const store = `sqlite:${join(folder, 'tollgate.db')}`
    const serving = start(store)
    await serving.ready()
    const call = caller(await createToken(serving))
    const managing = start(store)
    await managing.providers.create(local())
    await expect.poll(() => call(serving), soon).toBe(200)
    await managing.providers.update('local', { models: {} })
    await expect.poll(() => call(serving), soon).toBe(403)
    await managing.providers.delete('local')
    await expect.poll(() => call(serving), soon).toBe(404)
  }, 20_000)
})

describe('a storage of one writer', () => {
  test('keeps providers for the next process', async () => {
    const values = new Map<string, unknown>()
    const adapter = Object.assign(new EventEmitter(), {
      opts: { url: 'remote://' },
      get: async (key: string) => values.get(key),
      set: async (key: string, value: unknown) => Boolean(values.set(key, value)),
      delete: async (key: string) => values.delete(key),
      clear: async () => values.clear(),
      async *iterator() {
        yield* values
      },
    }) as unknown as KeyvStoreAdapter
    const run = async (work: (gateway: Gateway) => Promise<void>) => {
      const store = new Keyv({ store: adapter })
      const gateway = createGateway({ ...optionsFor('memory:'), store, singleWriter: true })
      await work(gateway).finally(() => gateway.close())
    }
    let token = ''
    await run(async (gateway) => {
      token = await createToken(gateway)
      await gateway.providers.create(local())
      expect(await caller(token)(gateway)).toBe(200)
    })
    await run(async (gateway) => expect(await caller(token)(gateway)).toBe(200))
  })
})

describe('while the store is away', () => {
  testOwnStore(
    'redis',
    async () => {
      const server = await ownStores.redis()
      await server.start()
      const gateway = startQuick(server.url)
      try {
        await expect
          .poll(
            () =>
              gateway.ready().then(
                () => true,
                () => false,
              ),
            soon,
          )
          .toBe(true)
        await gateway.providers.create(local())
        server.pause()
        const told = 'The stored providers could not be read; those known stay.'
        await expect.poll(() => warnings.filter((each) => each === told).length, { timeout: 10_000 }).toBe(1)
        await expect(gateway.providers.list()).rejects.toMatchObject({ code: 'store_unavailable' })
        server.resume()
        const call = caller(await createToken(gateway))
        expect(await call(gateway)).toBe(200)
        expect(warnings.filter((each) => each === told)).toHaveLength(1)
      } finally {
        server.resume()
        await Promise.all(open.splice(0).map((each) => each.close()))
        await server.remove()
      }
    },
    60_000,
  )

  testOwnStore(
    'postgres',
    async () => {
      const server = await ownStores.postgres()
      await server.start()
      try {
        const before = start(server.url)
        const isReady = () =>
          before.ready().then(
            () => true,
            () => false,
          )
        await expect.poll(isReady, { timeout: 10_000 }).toBe(true)
        await before.providers.create(local())
        const call = caller(await createToken(before))
        await before.close()
        server.pause()
        const gateway = startQuick(server.url)
        expect(await call(gateway)).toBe(503)
        server.resume()
        const statuses = new Set<number>()
        const next = async () => {
          const status = await call(gateway)
          statuses.add(status)
          return status
        }
        await expect.poll(next, { timeout: 15_000, interval: 200 }).toBe(200)
        // Nobody was told that there is no such model, only because it had not been read yet.
        expect([...statuses].filter((status) => status !== 503)).toEqual([200])
      } finally {
        server.resume()
        await Promise.all(open.splice(0).map((each) => each.close()))
        await server.remove()
      }
    },
    60_000,
  )
})
