import { type CreatedAccessKey, createGateway, type Gateway, type GatewayOptions } from '@tollgate/core'
import { afterEach, describe, expect, test } from 'vitest'
import { type Bench, silent, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { createTestDatabase } from '../postgres/databases.ts'
import { describeWithService, postgresUrl, redisUrl } from '../services.ts'

const chat = '/v1/chat/completions'
const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] }
const socketless = hosts.find(({ name }) => name === 'fetch') as (typeof hosts)[number]

let bench: Bench | undefined
afterEach(async () => {
  await bench?.stop()
  bench = undefined
})

async function start(options?: GatewayOptions): Promise<Bench> {
  bench = await startBench(socketless, options)
  return bench
}

async function call({ post }: Bench, token: string, model = 'gpt-4o') {
  const response = await post(chat, { ...body, model }, { headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, text: await response.text() }
}

describe('an access key configuration', () => {
  test('says where the calls of its keys may go; an edit holds for the next one', async () => {
    const running = await start()
    const { configurations, keys } = running.gateway
    const { id } = await configurations.create({
      name: 'claude',
      scope: { models: { allow: ['anthropic:*'] } },
    })
    const [first, second] = [
      await keys.create({ account: 'acme', configuration: id }),
      await keys.create({ account: 'acme', configuration: id }),
    ]
    for (const { token } of [first, second]) {
      const refused = await call(running, token)
      expect(refused.status).toBe(403)
      expect(refused.text).toMatch(/model_not_allowed/)
      expect(refused.text).toMatch(/the configuration \\"claude\\"/i)
    }
    expect(running.upstream.calls).toHaveLength(0)
    await configurations.update(id, { scope: { models: { allow: ['GPT-4o'] } } })
    for (const { token } of [first, second]) expect((await call(running, token)).status).toBe(200)
    expect((await call(running, first.token, 'gpt-4o-mini')).status).toBe(403)
    await configurations.update(id, { scope: { providers: { deny: ['openai'] } } })
    expect(await call(running, first.token)).toMatchObject({
      status: 403,
      text: expect.stringContaining('provider_not_allowed'),
    })
  })

  test('is shown by the models that its keys list', async () => {
    const running = await start()
    const { configurations, keys } = running.gateway
    const { id } = await configurations.create({
      name: 'a',
      scope: { models: { allow: ['gpt-4o', 'anthropic:*'] } },
    })
    const { token } = await keys.create({ account: 'acme', configuration: id })
    const response = await running.fetch(`${running.url}/v1/models`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { data } = (await response.json()) as { data: { id: string; owned_by: string }[] }
    expect(data.filter(({ owned_by }) => owned_by !== 'anthropic').map((model) => model.id)).toEqual([
      'gpt-4o',
      'tollgate/auto',
    ])
    expect(data.length).toBeGreaterThan(3)
  })

  test('limits each of its keys by itself, an account all of its keys together', async () => {
    const running = await start()
    const { configurations, keys, accounts } = running.gateway
    const { id } = await configurations.create({ name: 'slow', limits: { rpm: 1 } })
    const each = [1, 2].map(() => keys.create({ account: 'acme', configuration: id }))
    const [first, second] = (await Promise.all(each)) as [CreatedAccessKey, CreatedAccessKey]
    expect((await call(running, first.token)).status).toBe(200)
    const slowed = await call(running, first.token)
    expect(slowed).toMatchObject({
      status: 429,
      text: expect.stringContaining('the configuration \\"slow\\"'),
    })
    expect((await call(running, second.token)).status).toBe(200)
    await running.gateway.credits.grant({ account: 'pool', amount: '5.00', reference: 'start' })
    await accounts.update('pool', { limits: { rpm: 2 } })
    const pooled = await Promise.all([1, 2, 3].map(() => keys.create({ account: 'pool' })))
    const statuses: number[] = []
    for (const { token } of pooled) statuses.push((await call(running, token)).status)
    expect(statuses).toEqual([200, 200, 429])
    const [{ token }] = pooled as [CreatedAccessKey]
    expect((await call(running, token)).text).toContain('rpm of the account is 2')
    await accounts.update('pool', { limits: { spend: { limit: '0.000001', window: 'month' } } })
    expect(await call(running, token)).toMatchObject({
      status: 429,
      text: expect.stringMatching(/account has reached its limit of \$0.000001 per month/),
    })
  })

  test('ends the calls of its keys when it expires, and cannot be deleted while they link to it', async () => {
    const running = await start()
    const { configurations, keys } = running.gateway
    const { id } = await configurations.create({ name: 'a', expiresAt: Date.now() + 3_600_000 })
    const key = await keys.create({ account: 'acme', configuration: id })
    expect((await call(running, key.token)).status).toBe(200)
    await expect(configurations.delete(id)).rejects.toMatchObject({ code: 'in_use', status: 409 })
    await configurations.update(id, { expiresAt: Date.now() + 20 })
    await expect.poll(async () => (await call(running, key.token)).status).toBe(403)
    await keys.update(key.id, { configuration: null })
    expect(await configurations.delete(id)).toBe(true)
    expect((await call(running, key.token)).status).toBe(200)
  })

  test('names provider keys of its account, which its calls go with and which stay while it does', async () => {
    const running = await start({ secret: 'a secret of the tests' })
    const { configurations, keys, providerKeys } = running.gateway
    const made = ['sk-first', 'sk-second'].map((value) =>
      providerKeys.create({ account: 'acme', provider: 'openai', name: value, value }),
    )
    const [, second] = await Promise.all(made)
    const named = second?.id ?? ''
    const rules = [{ provider: 'openai', steps: [{ type: 'own' as const, keys: [{ id: named }] }] }]
    const { id } = await configurations.create({ name: 'a', account: 'acme', routing: { rules } })
    const { token } = await keys.create({ account: 'acme', configuration: id })
    expect((await call(running, token)).status).toBe(200)
    expect(running.upstream.calls.at(-1)?.headers.authorization).toBe('Bearer sk-second')

    const theirs = { name: 'b', account: 'other', routing: { rules } }
    await expect(configurations.create(theirs)).rejects.toMatchObject({
      param: 'routing.rules.0.steps.0.keys.0.id',
    })
    await expect(providerKeys.delete(named)).rejects.toMatchObject({ code: 'in_use', status: 409 })
    await configurations.update(id, { routing: null })
    expect(await providerKeys.delete(named)).toBe(true)
  })
})

describe("the host's own login", () => {
  test('gives its callers configurations, limits and scopes', async () => {
    const seen: string[] = []
    const running = await start({
      authenticate: async ({ headers }) => {
        const user = String(headers['x-user'])
        seen.push(user)
        const configuration = user === 'odd' ? 'cfg_none' : strict
        return { account: 'acme', subject: user, configuration, limits: { rpm: user === 'wrong' ? 0 : 2 } }
      },
    })
    let strict = ''
    const { id } = await running.gateway.configurations.create({
      name: 'strict',
      scope: { models: { allow: ['gpt-4o'] } },
    })
    strict = id
    const ask = async (user: string, model = 'gpt-4o') => {
      const headers = { authorization: '', 'x-user': user }
      const response = await running.post(chat, { ...body, model }, { headers })
      return { status: response.status, text: await response.text() }
    }
    expect((await ask('ada', 'gpt-4o-mini')).status).toBe(403)
    expect((await ask('ada')).status).toBe(200)
    expect((await ask('ada')).status).toBe(200)
    expect((await ask('ada')).status).toBe(429)
    expect((await ask('bob')).status).toBe(200)
    expect(await ask('odd')).toMatchObject({ status: 403, text: expect.stringContaining('not_usable') })
    const wrong = await ask('wrong')
    expect(wrong.status).toBe(500)
    expect(wrong.text).not.toContain('rpm')
    expect(seen).toHaveLength(7)
  })
})

describe('a management key', () => {
  test('opens no calls, and an access key no control plane', async () => {
    const asked: unknown[] = []
    const running = await start({
      authenticate: async (request) => {
        asked.push(request)
        return { account: 'acme' }
      },
    })
    const { managementKeys } = running.gateway
    const { token } = await managementKeys.create({ name: 'ops', scopes: ['admin'] })
    expect((await call(running, token)).status).toBe(401)
    const header = await running.post(chat, body, { headers: { authorization: '', 'x-api-key': token } })
    expect(header.status).toBe(401)
    expect(asked).toEqual([])
    await expect(managementKeys.authenticate(running.token, 'read')).rejects.toMatchObject({ status: 401 })
    expect(await managementKeys.authenticate(token, 'credits')).toMatchObject({ name: 'ops' })
  })
})

/** Two gateways, as two processes have them. */
async function withTwo(store: string, work: (gateways: [Gateway, Gateway]) => Promise<void>): Promise<void> {
  const openOne = () => createGateway({ store, sandbox: true, providers: {}, logger: silent })
  const gateways: [Gateway, Gateway] = [openOne(), openOne()]
  try {
    for (const gateway of gateways) await gateway.ready()
    await work(gateways)
  } finally {
    for (const gateway of gateways) await gateway.close()
  }
}

async function testConflicts([here, there]: [Gateway, Gateway]): Promise<void> {
  const { id } = await here.configurations.create({ name: 'shared' })
  const edits = [here, there, here, there].map(({ configurations }, index) =>
    configurations.update(id, { description: `${index}` }, { version: 1 }),
  )
  const settled = await Promise.allSettled(edits)
  const made = settled.flatMap((edit) => (edit.status === 'fulfilled' ? [edit.value] : []))
  expect(made).toHaveLength(1)
  for (const { configurations } of [here, there]) {
    expect(await configurations.get(id)).toEqual({ ...made[0], keyCount: 0 })
  }
  const refused = settled.flatMap((edit) => (edit.status === 'rejected' ? [edit.reason] : []))
  for (const error of refused) expect(error).toMatchObject({ code: 'version_conflict', status: 409 })

  const key = await there.keys.create({ account: 'acme', configuration: id })
  await expect(here.configurations.delete(id)).rejects.toThrow(/1 access key links/)
  await Promise.all([here.keys.update(key.id, { name: 'one' }), there.keys.update(key.id, { tags: ['two'] })])
  expect(await here.keys.get(key.id)).toMatchObject({ name: 'one', tags: ['two'], configuration: id })
  const account = crypto.randomUUID()
  const first = [here, there].map(({ accounts }) => accounts.update(account, { tags: ['x'] }, { version: 0 }))
  expect((await Promise.allSettled(first)).map(({ status }) => status).sort()).toEqual([
    'fulfilled',
    'rejected',
  ])
  await here.keys.revoke(key.id)
  expect(await there.configurations.delete(id)).toBe(true)
}

await describeWithService('two gateways on one Postgres', postgresUrl(), () => {
  test('refuse an edit that is based on what the other has changed', async () => {
    const database = await createTestDatabase()
    await withTwo(database.url, testConflicts)
    await database.drop()
  })
})

await describeWithService('two gateways on one Redis', redisUrl(), () => {
  test('refuse an edit that is based on what the other has changed', async () => {
    await withTwo(redisUrl(), testConflicts)
  })
})
