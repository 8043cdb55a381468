import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { rateLimited } from '../upstream/answer.ts'
import { providerLike } from '../upstream/provider-like.ts'
import { aiClients } from './ai.ts'
import { anthropicClients } from './anthropic.ts'
import type { SeenError } from './client.ts'
import { type ClientServer, startClientServer } from './client-server.ts'
import { langchainClients } from './langchain.ts'
import { openaiClients } from './openai.ts'

/** Three tokens in and three out at $2.50 and $10.00, or $3 and $15 a million, and six at the fee's $0.05. */
const chargeOf = { openai: '0.000037800', anthropic: '0.000054300' }

const limited = rateLimited(5)
const kinds = [...openaiClients, ...anthropicClients, ...aiClients, ...langchainClients]

describe.each(kinds)('$name', (kind) => {
  let server: ClientServer
  beforeAll(async () => {
    server = await startClientServer()
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    server.upstream.respond()
    server.requests.length = 0
  })

  const client = (changes: { model?: string; token?: string } = {}) =>
    kind.create({ url: server.url, token: server.token, model: kind.model, ...changes })

  /** What the client reports, and how often it asked. */
  async function failure(act: Promise<string>): Promise<{ seen: SeenError; tries: number }> {
    const error = await act.then(
      (text) => new Error(`was answered: ${text}`),
      (reason: unknown) => reason,
    )
    return { seen: kind.see(error), tries: server.requests.length }
  }

  test('JSON', async () => {
    expect(await client().ask('hello big world')).toBe('hello big world')
  })

  test('a stream', async () => {
    expect(await client().stream('hello big world')).toBe('hello big world')
  })

  test('a tool is called and its result answered', async () => {
    expect(await client({ model: `${kind.provider}:tools` }).useTool('How is the weather?')).toBe(
      'The tool said: sunny',
    )
  })

  test('every call is charged and the account adds up', async () => {
    const charges = await server.charges(4)
    expect(await server.gateway.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
    const { held } = await server.gateway.credits.balance('acme')
    expect(held).toBe('0.000000000')
    expect(charges).toHaveLength(4)
    expect(charges.slice(0, 2)).toEqual([chargeOf[kind.provider], chargeOf[kind.provider]])
  })

  test('401: a bad key, once', async () => {
    const { seen, tries } = await failure(client({ token: `${server.token.slice(0, -1)}_` }).ask('hi'))
    expect(seen).toEqual(kind.errors.badKey)
    expect(tries).toBe(1)
  })

  test('402: no credits, once', async () => {
    const { seen, tries } = await failure(client({ token: server.emptyToken }).ask('hi'))
    expect(seen).toEqual(kind.errors.noCredits)
    expect(tries).toBe(1)
  })

  test('404: an unknown model, once', async () => {
    const { seen, tries } = await failure(client({ model: `${kind.model}x` }).ask('hi'))
    expect(seen).toEqual(kind.errors.unknownModel)
    expect(tries).toBe(1)
  })

  test('429: waits as told and is answered in the end', async () => {
    let calls = 0
    server.upstream.respond((call) => (calls++ === 0 ? limited : providerLike(call)))
    expect(await client().ask('hello')).toBe('hello')
    expect(server.requests).toHaveLength(2)
  })

  test('429 for good: the error says so, and the client has tried as often as it does anywhere', async () => {
    server.upstream.respond(limited)
    const { seen, tries } = await failure(client().ask('hello'))
    expect(seen).toEqual(kind.errors.rateLimited)
    expect(tries).toBe(kind.triesOnRateLimit)
  })

  test('an error inside a stream', async () => {
    const { seen, tries } = await failure(client({ model: `${kind.provider}:fail-midstream` }).stream('hi'))
    expect(seen).toEqual(kind.errors.midStream)
    expect(tries).toBe(1)
  })

  test('a stream that is cut', async () => {
    const { seen, tries } = await failure(client({ model: `${kind.provider}:fail-cut` }).stream('hi'))
    expect(seen).toEqual(kind.errors.truncated)
    expect(tries).toBe(1)
  })
})
