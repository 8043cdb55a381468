import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { type CreateProvider, createGateway, type Gateway, type GatewayOptions } from '@tollgate/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { collect } from '../../packages/core/src/store/collect.ts'
import { openStore } from '../../packages/core/src/store/open-store.ts'
import { hang, json, stream } from '../upstream/answer.ts'
import { responsesLike } from '../upstream/responses-like.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

const secret = 'the secret of now'
const price = { input: '1', output: '2' }
const messages = [{ role: 'user', content: 'hi' }]
/** A million of each: what a call costs is its price. */
const usage = { prompt_tokens: 1_000_000, completion_tokens: 1_000_000 }
const answer = json(200, { model: 'small', choices: [{ index: 0, message: { content: 'hello' } }], usage })

let folder: string
let upstream: Upstream
let other: Upstream
let seen: unknown[]
let open: Gateway[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stored-providers-'))
  upstream = await startUpstream(answer)
  other = await startUpstream(answer)
  seen = []
  open = []
})
afterEach(async () => {
  await Promise.all(open.map((gateway) => gateway.close()))
  await Promise.all([upstream.close(), other.close()])
  rmSync(folder, { recursive: true })
})

function start(options: GatewayOptions = {}): Gateway {
  const note = (...told: unknown[]) => void seen.push(told)
  const gateway = createGateway({
    store: 'memory:',
    secret,
    fee: { perMillionTokens: '0' },
    logger: { info: note, warn: note, error: note },
    providers: { option: { baseUrl: `${other.url}/v1`, apiKey: 'sk-option', models: { medium: { price } } } },
    ...options,
  })
  open.push(gateway)
  return gateway
}

/** What makes the provider `local`. */
function local(more: Partial<CreateProvider> = {}): CreateProvider {
  return { id: 'local', baseUrl: `${upstream.url}/v1`, models: { small: { price } }, ...more }
}

const file = () => `sqlite:${join(folder, 'tollgate.db')}`
const everythingStored = () =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n')

async function createToken(gateway: Gateway, account = 'acme', configuration?: string): Promise<string> {
  await gateway.credits.grant({ account, amount: '1000', reference: 'start' })
  const { token } = await gateway.keys.create({ account, ...(configuration && { configuration }) })
  return token
}

interface Asked {
  readonly token: string
  readonly model?: string
  readonly path?: string
  readonly [member: string]: unknown
}

function ask(gateway: Gateway, { token, path = 'chat/completions', ...body }: Asked): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const text = JSON.stringify({ model: 'local:small', max_tokens: 1_000_000, messages, ...body })
  return gateway.fetch(`http://gateway/v1/${path}`, { method: 'POST', headers, body: text })
}

/** Dollars. */
async function spent(gateway: Gateway, account = 'acme'): Promise<number> {
  return Number((await gateway.credits.balance(account)).spent)
}

describe('a provider that is made at run time', () => {
  test('is called with its key, headers and query, and charged exactly', async () => {
    const gateway = start()
    const token = await createToken(gateway)
    expect((await ask(gateway, { token })).status).toBe(404)
    const made = await gateway.providers.create(
      local({
        name: 'Ours',
        apiKey: ' sk-stored ',
        headers: { 'X-Team': 'red' },
        query: { 'api-version': '2' },
        metadata: { owner: 'ops' },
      }),
    )
    expect(made).toMatchObject({
      id: 'local',
      name: 'Ours',
      dialects: ['openai-chat'],
      models: { small: { price } },
      modelIds: ['small'],
      hasApiKey: true,
      headerNames: ['x-team'],
      isOption: false,
      metadata: { owner: 'ops' },
      health: { circuit: 'closed' },
      version: 1,
    })
    const response = await ask(gateway, { token })
    expect(response.status).toBe(200)
    await response.text()
    expect(upstream.calls[0]?.path).toBe('/v1/chat/completions?api-version=2')
    expect(upstream.calls[0]?.headers).toMatchObject({ authorization: 'Bearer sk-stored', 'x-team': 'red' })
    await expect.poll(() => spent(gateway)).toBe(3)
    expect((await ask(gateway, { token, model: 'small' })).status).toBe(200)
  })

  test('is in the list of models, in tollgate/auto, virtual models and policies at once', async () => {
    const gateway = start()
    const before = await ask(gateway, { token: await createToken(gateway), model: 'tollgate/auto' })
    expect(before.headers.get('tollgate-model')).toBe('option:medium')
    await gateway.providers.create(local({ models: { small: { price: { input: '0.1', output: '0.1' } } } }))
    await gateway.virtualModels.create({ name: 'fast', targets: ['local:small'] })
    const { id } = await gateway.configurations.create({
      name: 'ours',
      scope: { providers: { allow: ['local'] }, models: { allow: ['local:SMALL'] } },
      routing: { rules: [{ provider: 'local', steps: [{ type: 'managed' }] }] },
    })
    const token = await createToken(gateway, 'acme', id)
    for (const model of ['fast', 'tollgate/auto', 'small', 'local/small'])
      expect((await ask(gateway, { token, model })).headers.get('tollgate-model')).toBe('local:small')
    const refused = await ask(gateway, { token, model: 'option:medium' })
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('option')])
    const listed = await gateway.fetch('http://gateway/v1/models', {
      headers: { authorization: `Bearer ${token}` },
    })
    const { data } = (await listed.json()) as { data: { id: string }[] }
    expect(data.map((model) => model.id)).toEqual(['fast', 'small', 'tollgate/auto'])
  })

  test('is what a name in the scope of the host’s own login stands for, at once', async () => {
    const models = { medium: { price, aliases: ['tiny'] } }
    const gateway = start({
      authenticate: async () => ({ account: 'acme', scope: { models: { allow: ['tiny'] } } }),
      providers: { option: { baseUrl: `${other.url}/v1`, models } },
    })
    await gateway.credits.grant({ account: 'acme', amount: '1000', reference: 'start' })
    expect((await ask(gateway, { token: 'none', model: 'medium' })).status).toBe(200)
    await gateway.providers.create(local({ models: { small: { price, aliases: ['tiny'] } } }))
    expect((await ask(gateway, { token: 'none' })).status).toBe(200)
  })

  test('takes provider keys of accounts', async () => {
    const gateway = start()
    await gateway.providers.create(local({ apiKey: 'sk-operator' }))
    await gateway.providerKeys.create({
      account: 'acme',
      provider: 'local',
      name: 'own',
      value: 'sk-of-acme',
    })
    const token = await createToken(gateway)
    expect((await ask(gateway, { token })).status).toBe(200)
    expect(upstream.calls[0]?.headers.authorization).toBe('Bearer sk-of-acme')
  })

  test('may be the only one', async () => {
    const gateway = start({ providers: {} })
    const token = await createToken(gateway)
    await gateway.providers.create(local())
    expect((await ask(gateway, { token })).status).toBe(200)
  })

  test.each([
    ['id', { id: 'Local' }, '"id" must be named in lower-case letters'],
    ['id', { id: 'openai' }, 'built-in'],
    ['id', { id: 'sandbox' }, 'built-in'],
    ['id', { id: 'option' }, 'options'],
    ['id', { id: 'switched-off' }, 'options'],
    ['id', { id: 'taken' }, 'taken'],
    ['baseUrl', { baseUrl: undefined }, 'baseUrl'],
    ['baseUrl', { baseUrl: 'nowhere' }, '"baseUrl" must be an absolute URL'],
    ['baseUrl', { baseUrl: 'http://10.0.0.1/v1' }, '"baseUrl" must begin with https://'],
    ['baseUrl', { baseUrl: 'https://169.254.169.254/v1' }, 'link-local'],
    ['baseUrl', { baseUrl: 'https://a.example/v1?api_key=sk-canary' }, 'credential'],
    ['query', { query: { token: 'sk-canary' } }, '"query" may not set "token"'],
    ['headers', { headers: { authorization: 'sk-canary' } }, '"headers" may not set "authorization"'],
    ['headers', { headers: { 'x-a': 'sk-canary\n' } }, '"headers" has a name or value'],
    ['apiKey', { apiKey: 'sk canary' }, '"apiKey" has characters'],
    ['apiKey', { apiKey: ' ' }, '"apiKey" is empty'],
    ['models.small.price.input', { models: { small: { price: { input: '-1' } } } }, 'models.small.price'],
    ['models.small.maxInputTokens', { models: { small: { maxInputTokens: 0 } } }, 'maxInputTokens'],
    [
      'models.small.unsupportedParameters',
      { models: { small: { unsupportedParameters: ['model'] } } },
      '"models.small.unsupportedParameters" may not hold "model"',
    ],
    ['dialects.0', { dialects: ['morse'] }, 'dialects.0'],
    ['aws', { aws: { region: 'eu-central-1' } }, 'aws'],
    ['googleCloud', { googleCloud: {} }, 'googleCloud'],
    ['baseUrls', { baseUrls: [] }, 'baseUrls'],
  ])('is refused by the member at fault: %s', async (param, members, words) => {
    const gateway = start({
      providers: {
        option: { baseUrl: `${other.url}/v1` },
        'switched-off': { baseUrl: `${other.url}/v1`, disabled: true },
      },
    })
    await gateway.providers.create(local({ id: 'taken' }))
    const refused = await gateway.providers.create(local(members as never)).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining(words) })
    expect(inspect(refused)).not.toMatch(/canary|providers\.local|_BASE_URL|_API_KEY/)
    expect((await gateway.providers.list()).map(({ id }) => id)).toEqual(['option', 'taken'])
  })

  test('reads no variable of the environment', async () => {
    process.env.LOCAL_API_KEY = 'sk-of-the-environment'
    try {
      const gateway = start()
      const token = await createToken(gateway)
      expect(await gateway.providers.create(local())).toMatchObject({ hasApiKey: false })
      expect((await ask(gateway, { token })).status).toBe(200)
      expect(upstream.calls[0]?.headers.authorization).toBeUndefined()
    } finally {
      delete process.env.LOCAL_API_KEY
    }
  })

  test('P21 that redirects is not followed', async () => {
    const gateway = start()
    const token = await createToken(gateway)
    await gateway.providers.create(local({ apiKey: 'sk-stored' }))
    upstream.respond(json(307, {}, { headers: { location: `${other.url}/v1` } }))
    const response = await ask(gateway, { token })
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining('redirect')])
    expect(other.calls).toHaveLength(0)
  })
})

describe('a change', () => {
  test('of address, price and models holds for the next call, and leaves the rest', async () => {
    const gateway = start()
    const token = await createToken(gateway)
    await gateway.providers.create(
      local({ apiKey: 'sk-stored', models: { small: { price }, large: { price } } }),
    )
    const model = 'local:large'
    expect((await ask(gateway, { token, model })).status).toBe(200)
    const changed = await gateway.providers.update(
      'local',
      { baseUrl: `${other.url}/v2`, models: { small: { price: { input: '10', output: '20' } } } },
      { version: 1 },
    )
    expect(changed).toMatchObject({ version: 2, hasApiKey: true, modelIds: ['small'] })
    await expect.poll(() => spent(gateway)).toBe(3)
    expect((await ask(gateway, { token })).status).toBe(200)
    expect(other.calls[0]).toMatchObject({ path: '/v2/chat/completions' })
    expect(other.calls[0]?.headers.authorization).toBe('Bearer sk-stored')
    await expect.poll(() => spent(gateway)).toBe(33)
    // A model that nobody lists is its provider's to know, and has no price.
    expect((await ask(gateway, { token, model })).status).toBe(403)
    expect(upstream.calls).toHaveLength(1)
  })

  test('keeps what it leaves out and clears what is null', async () => {
    const gateway = start()
    await gateway.providers.create(
      local({
        name: 'Ours',
        apiKey: 'sk-stored',
        headers: { 'x-team': 'red' },
        query: { team: 'a' },
        metadata: { a: 1 },
      }),
    )
    const { providers } = gateway
    expect(await providers.update('local', {})).toMatchObject({
      name: 'Ours',
      hasApiKey: true,
      query: { team: 'a' },
      models: { small: { price } },
      headerNames: ['x-team'],
    })
    const cleared = await providers.update('local', { name: null, apiKey: null, query: null, models: {} })
    expect(cleared).toMatchObject({
      hasApiKey: false,
      headerNames: ['x-team'],
      models: {},
      metadata: { a: 1 },
    })
    expect(cleared).not.toHaveProperty('name')
    expect(cleared).not.toHaveProperty('query')
    expect(await providers.update('local', { headers: { 'x-two': 'b' } })).toMatchObject({
      headerNames: ['x-two'],
      version: 4,
    })
    expect(await providers.update('local', { headers: null })).toMatchObject({ headerNames: [] })
    expect(await providers.get('local')).toMatchObject({ version: 5, headerNames: [], hasApiKey: false })
  })

  test.each([
    ['id', 'local', { id: 'other' }],
    ['baseUrl', 'local', { baseUrl: 'http://10.0.0.1/v1' }],
    ['baseUrl', 'local', { baseUrl: null }],
    // What was allowed with the address before is looked at again.
    ['baseUrl', 'private', { allowPrivateNetwork: false }],
    ['models.x.price.input', 'local', { models: { x: { price: { input: 'free' } } } }],
    ['headers', 'local', { headers: { host: 'a' } }],
    ['id', 'nobody', {}],
    ['id', 'option', {}],
    ['id', 'openai', {}],
  ])('is refused by the member at fault: %s of %s', async (param, id, patch) => {
    const { providers } = start()
    await providers.create(local())
    await providers.create(local({ id: 'private', baseUrl: 'http://10.0.0.1/v1', allowPrivateNetwork: true }))
    await expect(providers.update(id, patch as never)).rejects.toMatchObject({
      code: 'invalid_request',
      param,
    })
    expect((await providers.list()).map(({ version }) => version)).toEqual([0, 1, 1])
  })

  test('of two at once, one is made', async () => {
    const { providers } = start()
    await providers.create(local())
    const edits = ['a', 'b'].map((name) => providers.update('local', { name }, { version: 1 }))
    const settled = await Promise.allSettled(edits)
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'version_conflict', status: 409, param: 'version' },
    })
    const made = await Promise.allSettled([1, 2].map(() => providers.create(local({ id: 'twice' }))))
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('switches off and on, and forgets the troubles of another place', async () => {
    const gateway = start()
    const { providers } = gateway
    const token = await createToken(gateway)
    await providers.create(local())
    expect(await providers.update('local', { disabled: true })).toMatchObject({
      disabled: true,
      modelIds: [],
    })
    expect((await ask(gateway, { token })).status).toBe(404)
    await providers.update('local', { disabled: null })
    upstream.respond(json(500, { error: { message: 'broken' } }))
    await expect
      .poll(async () => {
        await (await ask(gateway, { token })).text()
        return (await providers.get('local'))?.health
      })
      .toMatchObject({ circuit: 'open', until: expect.any(Number), errorShare: 1 })
    expect((await providers.update('local', { name: 'still there' })).health.circuit).toBe('open')
    const moved = await providers.update('local', { baseUrl: `${other.url}/v1` })
    expect(moved.health).toEqual({ circuit: 'closed', consecutiveFailures: 0, errorShare: 0 })
    expect((await ask(gateway, { token })).status).toBe(200)
  })

  test('lets the connections to where it was go', async () => {
    const gateway = start()
    const token = await createToken(gateway)
    await gateway.providers.create(local())
    const gate = Promise.withResolvers<void>()
    upstream.respond(() => gate.promise.then(() => answer))
    const [first, second] = [ask(gateway, { token }), ask(gateway, { token })]
    await expect.poll(() => upstream.calls.length).toBe(2)
    const sockets = await upstream.connections()
    expect(sockets).toBe(2)
    await gateway.providers.update('local', { baseUrl: `${other.url}/v1` })
    gate.resolve()
    for (const response of await Promise.all([first, second]))
      expect(await response.text()).toContain('hello')
    await expect.poll(() => upstream.connections()).toBe(0)
  })
})

describe('the list of providers', () => {
  test('shows those of the options and stored ones, and no secret', async () => {
    const gateway = start({
      providers: {
        option: {
          baseUrl: `${other.url}/v1?a=1`,
          apiKey: 'sk-option-canary',
          headers: { 'x-option': 'canary' },
          models: { medium: { price } },
        },
        openai: { apiKey: 'sk-openai-canary' },
      },
    })
    await gateway.providers.create(local({ apiKey: 'sk-stored-canary', headers: { 'x-stored': 'canary' } }))
    const listed = await gateway.providers.list()
    expect(listed).toMatchObject([
      {
        id: 'option',
        baseUrl: `${other.url}/v1?a=1`,
        dialects: ['openai-chat'],
        modelIds: ['medium'],
        hasApiKey: true,
        headerNames: ['x-option'],
        isOption: true,
        health: { circuit: 'closed' },
      },
      { id: 'openai', baseUrl: 'https://api.openai.com/v1', isOption: true, hasApiKey: true },
      { id: 'local', isOption: false, hasApiKey: true, headerNames: ['x-stored'], version: 1 },
    ])
    expect(listed[1]?.modelIds).toContain('gpt-4o')
    expect(inspect(listed, { depth: 9 }) + JSON.stringify(listed)).not.toContain('canary')
    expect(await gateway.providers.get('option')).toEqual(listed[0])
    expect(await gateway.providers.get('nobody')).toBeUndefined()
  })
})

describe('deletion', () => {
  test('is refused while provider keys, configurations or virtual models name it', async () => {
    const gateway = start()
    const { providers, providerKeys, configurations, virtualModels } = gateway
    await providers.create(local())
    const refused = (words: string) =>
      expect(providers.delete('local')).rejects.toMatchObject({
        code: 'in_use',
        status: 409,
        param: 'id',
        message: expect.stringContaining(words),
      })

    const key = await providerKeys.create({
      account: 'acme',
      provider: 'local',
      name: 'own',
      value: 'sk-own',
    })
    await refused(`1 provider key (${key.id})`)
    await providerKeys.delete(key.id)

    for (const policy of [
      { scope: { providers: { allow: ['local'] } } },
      { scope: { providers: { deny: ['local'] } } },
      { scope: { models: { allow: ['local:small'] } } },
      { scope: { models: { allow: ['local:*'] } } },
      { scope: { models: { deny: ['small'] } } },
      { routing: { rules: [{ provider: 'local', steps: [{ type: 'managed' as const }] }] } },
      { routing: { rules: [{ model: 'small', steps: [{ type: 'managed' as const }] }] } },
    ]) {
      const { id } = await configurations.create({ name: 'ours', ...policy })
      await refused(`1 access key configuration (${id})`)
      await configurations.delete(id)
    }
    const { id } = await configurations.create({
      name: 'theirs',
      scope: { providers: { allow: ['option', 'lo*'] }, models: { allow: ['option:small', 'medium'] } },
    })

    for (const target of ['local:small', 'local/small', 'small', 'local:unlisted']) {
      const fast = await virtualModels.create({ name: 'fast', targets: ['option:medium', target] })
      await refused('1 virtual model (fast)')
      await virtualModels.delete(fast.id)
    }

    expect(await providers.delete('local')).toBe(true)
    expect(await providers.delete('local')).toBe(false)
    expect(await configurations.get(id)).toBeDefined()
    await expect(providers.delete('option')).rejects.toMatchObject({ code: 'invalid_request', param: 'id' })
  })

  test('waits for responses that are made in the background; those that were kept are out of reach then', async () => {
    const gateway = start({ responses: { poll: 100 } })
    const token = await createToken(gateway)
    const provider = responsesLike()
    upstream.respond(provider.script)
    await gateway.providers.create(local({ dialects: ['openai-responses'], apiKey: 'sk-stored' }))
    const background = { max_tokens: undefined, messages: undefined, input: 'hi', background: true }
    const made = await ask(gateway, { token, path: 'responses', ...background })
    const { id } = (await made.json()) as { id: string }
    await expect(gateway.providers.delete('local')).rejects.toMatchObject({
      code: 'in_use',
      message: expect.stringContaining('1 unfinished response'),
    })
    provider.finish(id)
    await expect.poll(() => gateway.providers.delete('local').catch(() => false)).toBe(true)
    const headers = { authorization: `Bearer ${token}` }
    const read = await gateway.fetch(`http://gateway/v1/responses/${id}`, { headers })
    expect([read.status, await read.text()]).toEqual([
      403,
      expect.stringContaining('not set up here any more'),
    ])
    expect(await gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000' })
    expect(await spent(gateway)).toBeGreaterThan(0)
  })

  test('is not needed for a run to end whose provider is switched off for longer than runs take', async () => {
    const gateway = start({ store: file(), responses: { poll: 100 } })
    const token = await createToken(gateway)
    upstream.respond(responsesLike().script)
    await gateway.providers.create(local({ dialects: ['openai-responses'] }))
    const background = { max_tokens: undefined, messages: undefined, input: 'hi', background: true }
    await (await ask(gateway, { token, path: 'responses', ...background })).text()
    await expect.poll(() => upstream.calls.some(({ method }) => method === 'GET')).toBe(true)
    await gateway.providers.update('local', { disabled: true })
    const held = async () => Number((await gateway.credits.balance('acme')).held)
    await sleep(400)
    expect(await held()).toBeGreaterThan(0)
    const beside = openStore(file())
    const runs = beside.records<{ createdAt: number }>('response-runs')
    for (const [id] of await collect(runs.list()))
      await runs.alter(id, (run) => run && { ...run, createdAt: run.createdAt - 8 * 86_400_000 })
    await beside.close()
    await expect.poll(held, { timeout: 5000 }).toBe(0)
    expect(inspect(seen, { depth: 5 })).toContain('The provider of a run is gone')
  })

  test('takes effect on the next call', async () => {
    const gateway = start()
    const token = await createToken(gateway)
    await gateway.providers.create(local())
    await (await ask(gateway, { token })).text()
    await gateway.providers.delete('local')
    expect((await ask(gateway, { token })).status).toBe(404)
    expect((await gateway.models.list()).map(({ id }) => id)).toEqual(['medium', 'tollgate/auto'])
    await gateway.providers.create(local({ baseUrl: `${other.url}/v1` }))
    expect((await ask(gateway, { token })).status).toBe(200)
    expect([upstream.calls.length, other.calls.length]).toEqual([1, 1])
  })
})

describe('a call under way', () => {
  test('ends at a provider that was deleted, at the price that it began with', async () => {
    const gateway = start()
    const token = await createToken(gateway)
    await gateway.providers.create(local())
    const gate = Promise.withResolvers<void>()
    const part = (members: object) => `data: ${JSON.stringify({ model: 'small', ...members })}\n\n`
    const events = [
      part({ choices: [{ index: 0, delta: { content: 'hello' } }] }),
      part({ choices: [{ index: 0, delta: { content: ' world' } }] }),
      `${part({ choices: [], usage })}data: [DONE]\n\n`,
    ]
    upstream.respond(stream(events, { gate: gate.promise, gateAfter: 1 }))
    const response = await ask(gateway, { token, stream: true })
    await gateway.providers.delete('local')
    gate.resolve()
    expect(await response.text()).toContain('world')
    await expect.poll(() => spent(gateway)).toBe(3)
  })

  test('is charged by the price that it began with, whatever that is when it ends', async () => {
    const gateway = start()
    const token = await createToken(gateway)
    await gateway.providers.create(local())
    const gate = Promise.withResolvers<void>()
    upstream.respond(() => gate.promise.then(() => answer))
    const called = upstream.nextCall()
    const response = ask(gateway, { token })
    await called
    await gateway.providers.update('local', { models: { small: { price: { input: '50', output: '50' } } } })
    gate.resolve()
    expect((await response).status).toBe(200)
    await expect.poll(() => spent(gateway)).toBe(3)
  })

  test('passes over a fallback that was deleted meanwhile, and goes on to the next', async () => {
    const gateway = start()
    const token = await createToken(gateway)
    await gateway.providers.create(local({ id: 'first', models: { one: { price } } }))
    await gateway.providers.create(local({ id: 'second', models: { two: { price } } }))
    const gate = Promise.withResolvers<void>()
    upstream.respond(() => gate.promise.then(() => json(500, { error: { message: 'broken' } })))
    const called = upstream.nextCall()
    const models = ['second:two', 'option:medium']
    const response = ask(gateway, { token, model: 'first:one', models })
    await called
    await gateway.providers.delete('second')
    gate.resolve()
    expect((await response).headers.get('tollgate-model')).toBe('option:medium')
    expect([upstream.calls.length, other.calls.length]).toEqual([1, 1])
  })

  test('of which nobody is left ends with the last that was heard', async () => {
    const gateway = start()
    const token = await createToken(gateway)
    await gateway.providers.create(local({ id: 'first', models: { one: { price } } }))
    await gateway.providers.create(local({ id: 'second', models: { two: { price } } }))
    upstream.respond(hang)
    const called = upstream.nextCall()
    const response = ask(gateway, { token, model: 'first:one', models: ['second:two'] })
    await called
    await Promise.all([gateway.providers.delete('second'), gateway.providers.delete('first')])
    upstream.drop()
    expect((await response).status).toBe(502)
    expect(upstream.calls).toHaveLength(1)
    expect(await spent(gateway)).toBe(0)
    expect(inspect(seen, { depth: 9 })).not.toContain('TypeError')
  })
})

describe('secrets of stored providers', () => {
  const canaries = { apiKey: 'canary-0123456789', headers: { 'x-extra-key': 'canary-of-a-header' } }

  test('are in the clear nowhere in the store, and in no log, those before included', async () => {
    const onUsage = () => {
      throw new Error(inspect(upstream.calls.map(({ headers }) => headers)))
    }
    const gateway = start({ store: file(), onUsage })
    const token = await createToken(gateway)
    await gateway.providers.create(local(canaries))
    expect((await ask(gateway, { token })).status).toBe(200)
    expect(upstream.calls[0]?.headers).toMatchObject({
      authorization: 'Bearer canary-0123456789',
      'x-extra-key': 'canary-of-a-header',
    })
    await gateway.providers.update('local', {
      apiKey: 'canary-changed-0123456789',
      headers: { 'x-extra-key': 'another-canary-of-a-header' },
    })
    expect((await ask(gateway, { token })).status).toBe(200)
    expect(upstream.calls[1]?.headers).toMatchObject({
      authorization: 'Bearer canary-changed-0123456789',
      'x-extra-key': 'another-canary-of-a-header',
    })
    await gateway.close()
    expect(everythingStored()).toContain('"baseUrl"')
    expect(everythingStored()).not.toContain('canary')
    const logged = inspect(seen, { depth: 20 })
    expect(logged).toContain('x-extra-key')
    expect(logged).not.toContain('canary')
  })

  test('need the option secret, as nothing else of a provider does', async () => {
    const { providers } = start({ secret: undefined as never })
    await providers.create(local({ headers: {} }))
    for (const secrets of [{ apiKey: 'sk-a' }, { headers: { 'x-team': 'red' } }]) {
      const refusal = {
        code: 'invalid_request',
        param: 'secret',
        message: expect.stringContaining('TOLLGATE_SECRET'),
      }
      await expect(providers.create(local({ id: 'other', ...secrets }))).rejects.toMatchObject(refusal)
      await expect(providers.update('local', secrets)).rejects.toMatchObject(refusal)
    }
  })

  test('go over to a new secret with the provider keys', async () => {
    const store = file()
    const before = start({ store, secret: 'the secret of old' })
    await before.providers.create(local(canaries))
    await before.providerKeys.create({ account: 'other', provider: 'local', name: 'own', value: 'sk-own' })
    await before.close()

    const during = start({ store, previousSecrets: ['the secret of old'] })
    expect(await during.providerKeys.reencrypt({ limit: 2 })).toEqual({ resealed: 2, remaining: 1 })
    expect(await during.providerKeys.reencrypt()).toEqual({ resealed: 1, remaining: 0 })
    await during.close()

    const after = start({ store })
    const token = await createToken(after)
    expect((await ask(after, { token })).status).toBe(200)
    expect(upstream.calls[0]?.headers.authorization).toBe('Bearer canary-0123456789')
    expect(await after.providerKeys.reencrypt()).toEqual({ resealed: 0, remaining: 0 })
  })
})

describe('a stored provider that cannot be used', () => {
  test('is left out with a warning, shown with its problem, and takes nobody with it', async () => {
    const store = file()
    const before = start({ store, secret: 'the secret of old' })
    await before.providers.create(local({ id: 'sealed', apiKey: 'sk-stored', models: { one: { price } } }))
    await before.providers.create(local({ id: 'later', models: { two: { price } } }))
    await before.providers.create(local())
    await before.close()
    seen.length = 0

    const option = { baseUrl: `${other.url}/v1`, models: { medium: { price } } }
    const gateway = start({ store, providers: { later: option } })
    const token = await createToken(gateway)
    expect((await ask(gateway, { token })).status).toBe(200)
    expect((await ask(gateway, { token, model: 'sealed:one' })).status).toBe(404)
    expect((await ask(gateway, { token, model: 'medium' })).status).toBe(200)
    expect(await gateway.providers.list()).toMatchObject([
      { id: 'later', isOption: true },
      { id: 'sealed', problem: expect.stringContaining('decrypted'), modelIds: [] },
      { id: 'later', isOption: false, problem: expect.stringContaining('options') },
      { id: 'local', modelIds: ['small'] },
    ])
    const warned = inspect(seen, { depth: 9 })
    expect(warned).toContain('The stored provider "sealed" is left out')
    expect(warned).toContain('The stored provider "later" is left out')

    const repaired = await gateway.providers.update('sealed', { apiKey: 'sk-new' })
    expect(repaired).not.toHaveProperty('problem')
    expect((await ask(gateway, { token, model: 'sealed:one' })).status).toBe(200)
    expect(await gateway.providers.delete('later')).toBe(true)
    expect((await gateway.providers.list()).map(({ id }) => id)).toEqual(['later', 'sealed', 'local'])
  })
})
