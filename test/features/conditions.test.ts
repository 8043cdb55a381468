import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json } from '../upstream/answer.ts'
import { chat, type Scene, startScene } from './scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await startScene()
})
afterAll(() => scene.close())

const codeOf = async (response: Response) => [response.status, (await response.json()).error.code]
const path = '/v1/chat/completions'

describe('what a client is told', () => {
  test('malformed body: 400', async () => {
    expect(await codeOf(await scene.post(path, '{"model":'))).toEqual([400, 'invalid_request'])
  })
  test('no key: 401', async () => {
    expect(await codeOf(await scene.post(path, chat, {}))).toEqual([401, 'invalid_api_key'])
  })
  test('malformed key: 401, and never passed on', async () => {
    const answer = await scene.post(path, chat, { authorization: 'Bearer tg_cut' })
    expect(await codeOf(answer)).toEqual([401, 'invalid_api_key'])
  })
  test('deleted key: 401 at once', async () => {
    const { token, id } = await scene.gateway.keys.create({ account: 'acme' })
    await scene.gateway.keys.revoke(id)
    const answer = await scene.post(path, chat, { 'x-api-key': token })
    expect(await codeOf(answer)).toEqual([401, 'invalid_api_key'])
  })
  test('unknown model: 404 with a suggestion', async () => {
    const answer = await scene.post(path, { ...chat, model: 'gpt-40' })
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain('gpt-4o')
  })
  test('unknown provider: 404', async () => {
    expect((await scene.post(path, { ...chat, model: 'nobody:gpt-4o' })).status).toBe(404)
  })
  test('model that its provider has and no price: 403 on credits', async () => {
    const answer = await scene.post(path, { ...chat, model: 'openai:gpt-next' })
    expect(await codeOf(answer)).toEqual([403, 'model_not_priced'])
  })
  test('provider or model not allowed: 403', async () => {
    const { token } = await scene.gateway.keys.create({
      account: 'acme',
      scope: { models: { allow: ['gpt-4o-mini'] } },
    })
    const answer = await scene.post(path, chat, { authorization: `Bearer ${token}` })
    expect(await codeOf(answer)).toEqual([403, 'model_not_allowed'])
  })
  test('no credits: 402, which clients do not repeat', async () => {
    const { token } = await scene.gateway.keys.create({ account: 'poor' })
    const answer = await scene.post(path, chat, { authorization: `Bearer ${token}` })
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(await codeOf(answer)).toEqual([402, 'insufficient_credits'])
  })
  test('input above the limit: 413', async () => {
    const { token } = await scene.gateway.keys.create({ account: 'acme', limits: { maxInputTokens: 100 } })
    const long = { ...chat, messages: [{ role: 'user', content: 'word '.repeat(1000) }] }
    expect((await scene.post(path, long, { authorization: `Bearer ${token}` })).status).toBe(413)
  })
  test('body above 32 MiB: 413 before any provider is asked', async () => {
    scene.upstream.calls.length = 0
    const answer = await scene.post(path, { ...chat, user: 'x'.repeat(33_554_432) })
    expect(answer.status).toBe(413)
    expect(scene.upstream.calls).toHaveLength(0)
  })
  test('a path without a meter: 404 on credits', async () => {
    expect(await codeOf(await scene.post('/v1/batches', {}))).toEqual([404, 'unknown_url'])
  })
  test('an unknown path: 404 unknown_url', async () => {
    expect(await codeOf(await scene.post('/v1/fine_tuning/jobs', {}))).toEqual([404, 'unknown_url'])
  })
  test('the operator’s refused credential: 502, never the client’s 401', async () => {
    scene.upstream.respond(json(401, { error: { message: 'Incorrect API key: sk-operator', code: null } }))
    const answer = await scene.post(path, chat)
    const text = await answer.text()
    expect(answer.status).toBe(502)
    expect(text).not.toContain('sk-operator')
    scene.upstream.respond()
  })
})

describe('what models are called', () => {
  const served = async (model: string) => {
    const answer = await scene.post(path, { ...chat, model })
    return [answer.status, answer.headers.get('tollgate-model'), scene.upstream.calls.at(-1)?.json().model]
  }
  test.each([
    ['gpt-4o', 'openai:gpt-4o', 'gpt-4o'],
    ['GPT-4o', 'openai:gpt-4o', 'gpt-4o'],
    ['openai:gpt-4o', 'openai:gpt-4o', 'gpt-4o'],
    ['openai/gpt-4o', 'openai:gpt-4o', 'gpt-4o'],
    ['local:family/small', 'local:family/small', 'family/small'],
    ['family/small', 'local:family/small', 'family/small'],
  ])('%s is %s', async (name, shown, sent) => {
    expect(await served(name)).toEqual([200, shown, sent])
  })
  test('a provider’s id is lower case', async () => {
    expect((await scene.post(path, { ...chat, model: 'OpenAI:gpt-4o' })).status).toBe(404)
  })
  test('a pass-through id goes upstream as the client wrote it, on a key of its own', async () => {
    const account = 'own'
    await scene.gateway.credits.grant({ account, amount: '1.00', reference: 'start' })
    const { token } = await scene.gateway.keys.create({ account })
    await scene.gateway.providerKeys.create({ account, provider: 'openai', name: 'ours', value: 'sk-own' })
    const model = 'openai:GPT-Next.preview'
    const answer = await scene.post(path, { ...chat, model }, { authorization: `Bearer ${token}` })
    expect(answer.status).toBe(200)
    expect(scene.upstream.calls.at(-1)?.json().model).toBe('GPT-Next.preview')
  })
})

describe('what an answer tells beside its body', () => {
  test('its request id under every name that clients know, on rejections too', async () => {
    for (const answer of [await scene.post(path, chat), await scene.post(path, {})]) {
      const [own, openai, anthropic] = ['tollgate-request-id', 'x-request-id', 'request-id'].map((name) =>
        answer.headers.get(name),
      )
      expect(own).toMatch(/^call_/)
      expect([openai, anthropic]).toEqual([own, own])
    }
  })
  test('attempts, absent if none was made', async () => {
    expect((await scene.post(path, chat)).headers.get('tollgate-attempts')).toBe('1')
    expect((await scene.post(path, {})).headers.has('tollgate-attempts')).toBe(false)
  })
  test('the model that served; the body’s stays as its provider wrote it', async () => {
    const answer = await scene.post(path, { ...chat, model: 'GPT-4o' })
    expect(answer.headers.get('tollgate-model')).toBe('openai:gpt-4o')
    expect((await answer.json()).model).toBe('gpt-4o')
  })
  test('its cost, when that is known before the body', async () => {
    expect((await scene.post(path, chat)).headers.get('tollgate-cost')).toBe('0.000037800')
    expect((await scene.post(path, { ...chat, stream: true })).headers.has('tollgate-cost')).toBe(false)
  })
  test('candidates that were passed over', async () => {
    const answer = await scene.post(path, { ...chat, models: ['no-such-model'] })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('tollgate-rejected-models')).toBe('no-such-model=model_not_found')
  })
})
