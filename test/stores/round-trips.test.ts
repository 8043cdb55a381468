import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway } from '@tollgate/core'
import { describe, expect } from 'vitest'
import { silent } from '../adapters/bench.ts'
import { createDroppingProxy } from '../chaos/dropping-proxy.ts'
import { json } from '../upstream/answer.ts'
import { startUpstream } from '../upstream/upstream.ts'
import { type OwnStore, ownStores, testOwnStore } from './own-stores.ts'

const answer = json(200, { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } })

async function countRoundTrips(store: OwnStore): Promise<void> {
  const server = await ownStores[store]()
  await server.start()
  const between = await createDroppingProxy(server.port)
  const spool = mkdtempSync(join(tmpdir(), 'round-trips-'))
  const upstream = await startUpstream(answer)
  const gateway = createGateway({
    store: server.url.replace(`:${server.port}`, `:${between.port}`),
    spool,
    providers: { openai: { apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1` } },
    logger: silent,
  })
  const isReady = () =>
    gateway.ready().then(
      () => true,
      () => false,
    )
  try {
    await expect.poll(isReady, { timeout: 10_000 }).toBe(true)
    await gateway.credits.grant({ account: 'acme', amount: '5.00', reference: 'start' })
    const { token } = await gateway.keys.create({ account: 'acme', limits: { rpm: 1000 } })
    const call = () =>
      gateway.fetch('http://gateway/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] }),
      })
    await (await call()).text()
    await sleep(500)

    const gate = Promise.withResolvers<void>()
    upstream.respond(() => gate.promise.then(() => answer))
    const arrived = upstream.nextCall()
    const before = between.asked
    const response = call()
    await arrived
    expect(between.asked - before).toBe(1)
    gate.resolve()
    expect((await response).status).toBe(200)
  } finally {
    await gateway.close()
    await between.close()
    await upstream.close()
    await server.remove()
    rmSync(spool, { recursive: true })
  }
}

const stores: readonly OwnStore[] = ['redis', 'postgres', 'mariadb']

describe('a call whose key is known asks its store once before its provider', () => {
  for (const store of stores) testOwnStore(store, () => countRoundTrips(store), 30_000)
})
