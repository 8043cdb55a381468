import {
  createGateway,
  type Gateway,
  type GatewayOptions,
  type ProviderOptions,
  type UsageEvent,
} from '@tollgate/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silent } from '../adapters/bench.ts'
import { json } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

const price = { input: '1', output: '2' }
const auto = 'tollgate/auto'
const messages = [{ role: 'user', content: 'hi' }]

let upstream: Upstream
let gateway: Gateway | undefined
let events: UsageEvent[]

beforeEach(async () => {
  upstream = await startUpstream()
  events = []
})
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
  await upstream.close()
})

function open(provider: Partial<ProviderOptions>, options: GatewayOptions = {}): Gateway {
  gateway = createGateway({
    store: 'memory:',
    logger: silent,
    onUsage: (event) => void events.push(event),
    providers: { local: { baseUrl: `${upstream.url}/v1`, models: { small: { price } }, ...provider } },
    ...options,
  })
  return gateway
}

async function post(body: object | string, path = '/v1/chat/completions'): Promise<Response> {
  if (!gateway) throw new Error('No gateway is open.')
  const account = 'acme'
  await gateway.credits.grant({ account, amount: '1.00', reference: 'start' })
  const { token } = await gateway.keys.create({ account })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return gateway.fetch(`http://gateway${path}`, { method: 'POST', headers, body: text })
}

const small = (more: object) => ({ model: 'local:small', max_tokens: 9, messages, ...more })

describe('parameters that a model does not take', () => {
  const models = { small: { price, unsupportedParameters: ['temperature', 'top_p', 'logit_bias'] } }

  test('are left out of the client’s bytes, and of nothing else; the answer and the usage event name them', async () => {
    open({ models })
    const body =
      '{"model":"local:small", "temperature": 0.5,"big":12345678901234567890, "topP":1, "max_tokens":9,"messages":[{"role":"user","content":"hi \\u00e9"}],"seed":1.0 , "TOP_P":0.1}'
    const refused = await post(body.replace('"TOP_P":0.1', '"top_p":0.1'))
    expect(refused.status).toBe(200)
    expect(upstream.calls[0]?.body.toString()).toBe(
      '{"model":"small","big":12345678901234567890,"max_tokens":9,"messages":[{"role":"user","content":"hi \\u00e9"}],"seed":1.0}',
    )
    expect(refused.headers.get('tollgate-removed-parameters')).toBe('temperature, topP, top_p')
    expect(refused.headers.get('tollgate-warnings')).toBe('temperature=dropped, topP=dropped, top_p=dropped')
    await refused.text()
    await expect.poll(() => events).toHaveLength(1)
    expect(events[0]?.warnings).toContainEqual({
      field: 'temperature',
      action: 'dropped',
      detail: 'The model does not take it.',
    })
  })

  test('are left out of translated requests', async () => {
    open({ models })
    const response = await post(small({ temperature: 0.5, system: 'Be brief.' }), '/v1/messages')
    expect(response.status).toBe(200)
    expect(response.headers.get('tollgate-removed-parameters')).toBe('temperature')
    expect(upstream.calls[0]?.json()).not.toHaveProperty('temperature')
    expect(upstream.calls[0]?.json()).toMatchObject({ model: 'small' })
  })

  test('are left out of requests that stream, beside what the gateway adds', async () => {
    open({ models })
    const response = await post(small({ temperature: 0.5, stream: true }))
    await response.text()
    expect(upstream.calls[0]?.json()).toEqual({
      model: 'small',
      max_tokens: 9,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  test('are all that are not among those that the provider takes in that dialect', async () => {
    open({ parameters: { 'openai-chat': ['temperature', 'tools'] } })
    const response = await post(small({ temperature: 0.5, seed: 1, n: 1, service_tier: 'default' }))
    expect(response.headers.get('tollgate-removed-parameters')).toBe('seed')
    expect(upstream.calls[0]?.json()).toEqual({
      model: 'small',
      max_tokens: 9,
      messages,
      temperature: 0.5,
      n: 1,
      service_tier: 'default',
    })
  })

  test('are named nowhere when all are taken', async () => {
    open({ models })
    const response = await post(small({ seed: 1 }))
    expect(response.headers.has('tollgate-removed-parameters')).toBe(false)
    expect(response.headers.has('tollgate-warnings')).toBe(false)
  })

  test.each([
    'model',
    'stream',
    'stream_options',
    'max_tokens',
    'maxTokens',
    'messages',
    'store',
    'service_tier',
  ])('cannot be %s, which the call and its bill are made of', (name) => {
    const wrong = { small: { price, unsupportedParameters: [name] } }
    expect(() => open({ models: wrong })).toThrow(
      `providers.local.models.small.unsupportedParameters may not hold "${name}"`,
    )
  })
})

describe('the address of a custom provider', () => {
  test('keeps its query, and what is added to it', async () => {
    open({
      baseUrl: `${upstream.url}/v1?api-version=1`,
      query: { 'api-version': '2', team: 'a b' },
      headers: { 'X-Team': 'red' },
    })
    expect((await post(small({}))).status).toBe(200)
    expect(upstream.calls[0]?.path).toBe('/v1/chat/completions?api-version=2&team=a+b')
    expect(upstream.calls[0]?.headers['x-team']).toBe('red')
  })

  test('adds its query to a path that has one', async () => {
    open({ dialects: ['google-gemini'], baseUrl: `${upstream.url}/v1beta`, query: { team: 'red' } })
    await post(small({ stream: true }))
    expect(upstream.calls[0]?.path).toBe('/v1beta/models/small:streamGenerateContent?alt=sse&team=red')
  })

  test.each([
    [{ query: { api_key: 'sk-secret' } }, 'providers.local.query may not set "api_key"'],
    [{ baseUrl: 'https://a.example/v1?key=sk-secret' }, 'providers.local.baseUrl'],
    [{ headers: { 'api-key': 'sk-secret' } }, 'providers.local.headers may not set "api-key"'],
    [{ headers: { 'Tollgate-Via': 'none' } }, 'providers.local.headers may not set "tollgate-via"'],
    [{ baseUrl: 'http://10.0.0.1/v1' }, 'providers.local.baseUrl'],
    [{ parameters: { 'openai-chat': 'seed' } }, 'providers.local.parameters.openai-chat'],
    [{ models: { small: { maxInputTokens: 0 } } }, 'providers.local.models.small.maxInputTokens'],
    [{ models: { small: { input: ['smell'] } } }, 'providers.local.models.small.input'],
  ])('P20 P21 with %j is refused by name, and no secret is repeated', (wrong, words) => {
    expect(() => open(wrong as never)).toThrow(words)
    expect(() => open(wrong as never)).not.toThrow('sk-secret')
  })

  test.each([301, 302, 303, 307, 308])(
    'P21 that answers with redirect %i is not followed',
    async (status) => {
      const elsewhere = await startUpstream()
      open({ apiKey: 'sk-operator' })
      upstream.respond({
        ...json(status, {}),
        headers: { location: `${elsewhere.url}/v1?key=sk-operator` },
      } as never)
      const response = await post(small({}))
      const text = await response.text()
      expect(response.status).toBe(502)
      expect(text).toContain('redirect')
      for (const hidden of ['sk-operator', '127.0.0.1', 'localhost', upstream.url, elsewhere.url])
        expect(text + JSON.stringify([...response.headers])).not.toContain(hidden)
      expect(elsewhere.calls).toHaveLength(0)
      await elsewhere.close()
    },
  )
})

describe('what an operator switches off or adds', () => {
  test('a disabled model is not there, under any of its names', async () => {
    const models = {
      small: { price },
      big: { price, upstreamId: 'big-2026', aliases: ['huge'], disabled: true },
    }
    open({ models })
    expect((await gateway?.models.list())?.map(({ id }) => id)).toEqual(['small', auto])
    for (const name of ['big', 'local:big', 'local:BIG', 'local:big-2026', 'local:huge']) {
      const refused = await post({ ...small({}), model: name })
      expect(refused.status).toBe(404)
    }
    expect((await post(small({}))).status).toBe(200)
  })

  test('a disabled provider is not there, and what is wrong in it is told all the same', async () => {
    const providers = {
      local: { baseUrl: `${upstream.url}/v1`, models: { small: { price } } },
      other: { baseUrl: `${upstream.url}/v1`, disabled: true, models: { medium: { price } } },
    }
    open({}, { providers })
    expect((await gateway?.models.list())?.map(({ id }) => id)).toEqual(['small', auto])
    expect((await post({ ...small({}), model: 'other:medium' })).status).toBe(404)
    const wrong = { ...providers, other: { baseUrl: 'nowhere', disabled: true } }
    expect(() => createGateway({ store: 'memory:', providers: wrong })).toThrow('providers.other.baseUrl')
  })

  test('limits and modalities of a model are listed', async () => {
    open({
      models: { small: { price, contextWindow: 9000, maxInputTokens: 8000, input: ['text', 'image'] } },
    })
    expect(await gateway?.models.list()).toMatchObject([
      { context_window: 9000, max_input_tokens: 8000, input_modalities: ['text', 'image'] },
      { id: auto },
    ])
  })
})
