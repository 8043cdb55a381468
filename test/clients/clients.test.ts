import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { rateLimited } from '../upstream/answer.ts'
import { providerLike } from '../upstream/provider-like.ts'
import { aiClients } from './ai.ts'
import { anthropicClients } from './anthropic.ts'
import type { SeenError } from './client.ts'
import { clientProviders } from './client-providers.ts'
import { type ClientServer, startClientServer } from './client-server.ts'
import { googleClients } from './google.ts'
import { langchainClients } from './langchain.ts'
import { openaiClients } from './openai.ts'

/** Of a tool's call, four tokens in and four out, and of the answer to its result, five in; at $1 and $2 a million. */
const loopCharges = ['0.000012400', '0.000013450']

const limited = rateLimited(5)
const kinds = [...openaiClients, ...anthropicClients, ...googleClients, ...aiClients, ...langchainClients]
const pairs = kinds.flatMap((kind) =>
  clientProviders.map((provider) => ({
    name: `${kind.name} at a provider of ${provider.name}`,
    kind,
    provider,
  })),
)

describe.each(pairs)('$name', ({ kind, provider }) => {
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
    kind.create({ url: server.url, token: server.token, model: provider.model, ...changes })

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
    expect(await client({ model: `${provider.id}:tools` }).useTool('How is the weather?')).toBe(
      'The tool said: sunny',
    )
  })

  test('every call is charged and the account adds up', async () => {
    const charges = await server.charges(4)
    expect(await server.gateway.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
    const { held } = await server.gateway.credits.balance('acme')
    expect(held).toBe('0.000000000')
    expect(charges).toEqual([provider.charge, provider.charge, ...loopCharges])
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
    const { seen, tries } = await failure(client({ model: `${bareName(provider.model)}x` }).ask('hi'))
    expect(seen).toEqual(kind.errors.unknownModel)
    expect(tries).toBe(1)
  })

  test('429: the gateway waits as told, and the client is answered', async () => {
    let calls = 0
    server.upstream.respond((call) => (calls++ === 0 ? limited : providerLike(call)))
    expect(await client().ask('hello')).toBe('hello')
    expect(server.requests).toHaveLength(1)
    expect(calls).toBe(2)
  })

  test('429 for good: the error says so, and the client has tried as often as it does anywhere', async () => {
    server.upstream.respond(limited)
    const { seen, tries } = await failure(client().ask('hello'))
    expect(seen).toEqual(kind.errors.rateLimited)
    expect(tries).toBe(kind.triesOnRateLimit)
  })

  test('an error inside a stream', async () => {
    const { seen, tries } = await failure(client({ model: `${provider.id}:fail-midstream` }).stream('hi'))
    expect(seen).toEqual(kind.errors.midStream(provider.id))
    expect(tries).toBe(1)
  })

  test('a stream that is cut', async () => {
    const { seen, tries } = await failure(client({ model: `${provider.id}:fail-cut` }).stream('hi'))
    expect(seen).toEqual(kind.errors.truncated)
    expect(tries).toBe(1)
  })
})

/** What a qualified name names may be a model that the catalogue does not know yet. */
function bareName(model: string): string {
  return model.slice(model.indexOf(':') + 1)
}
