import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cost, type Scene, startScene } from './scene.ts'

let scene: Scene
beforeEach(async () => {
  scene = await startScene()
})
afterEach(() => scene.close())

const model = 'gpt-4o'
const failure = async (answer: Promise<unknown>) => {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof OpenAI.APIError)) throw new Error(`There was no error of the client: ${error}`)
  return { status: error.status, code: error.code, param: error.param, message: error.message }
}

describe('a response that its provider keeps', () => {
  test('is read again, its input is listed, and it is deleted, all for nothing', async () => {
    const { responses } = scene.client()
    const made = await responses.create({ model, input: 'hi' })
    const read = await responses.retrieve(made.id)
    expect([read.id, read.output_text]).toEqual([made.id, 'hello'])
    expect((await responses.inputItems.list(made.id, { limit: 5 })).data).toEqual(['hi'])
    expect(scene.upstream.calls.at(-1)?.path).toBe(`/v1/responses/${made.id}/input_items?limit=5`)
    await responses.delete(made.id)
    expect(await failure(responses.retrieve(made.id))).toMatchObject({ status: 404 })
    expect((await scene.rows()).map(({ amount }) => amount)).toEqual([cost(10, 5)])
    expect(await scene.gateway.credits.audit('acme')).toMatchObject({ ok: true })
  })

  test('is gone on from, streamed and whole, and what led to it is charged as the provider counts it', async () => {
    const { responses } = scene.client()
    const events = await responses.create({ model, input: 'hi', stream: true })
    let first = ''
    for await (const event of events) if (event.type === 'response.completed') first = event.response.id
    const second = await responses.create({ model, input: 'and?', previous_response_id: first })
    await responses.create({ model, input: 'and?', previous_response_id: second.id })
    const charged = (await scene.rows()).map(({ amount }) => amount)
    expect(charged).toEqual([cost(10, 5), cost(25, 5), cost(40, 5)])
    expect(await scene.gateway.credits.audit('acme')).toMatchObject({ ok: true })
  })

  test('is nobody else’s: another account is told that it is not there, in the words of OpenAI', async () => {
    const made = await scene.client().responses.create({ model, input: 'hi' })
    await scene.gateway.credits.grant({ account: 'other', amount: '5.00', reference: 'start' })
    const { token } = await scene.gateway.keys.create({ account: 'other' })
    const { responses } = scene.client(token)
    const sent = scene.upstream.calls.length
    const missing = { status: 404, message: `404 Response with id '${made.id}' not found.` }
    expect(await failure(responses.retrieve(made.id))).toMatchObject(missing)
    expect(await failure(responses.delete(made.id))).toMatchObject(missing)
    expect(await failure(responses.cancel(made.id))).toMatchObject(missing)
    expect(await failure(responses.retrieve(made.id, { stream: true }))).toMatchObject(missing)
    const going = responses.create({ model, input: 'and?', previous_response_id: made.id })
    expect(await failure(going)).toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    })
    expect(scene.upstream.calls).toHaveLength(sent)
    expect((await scene.gateway.credits.balance('other')).held).toBe('0.000000000')
  })

  test('is all keys’ of its account, and none’s that was revoked', async () => {
    const made = await scene.client().responses.create({ model, input: 'hi' })
    const second = await scene.gateway.keys.create({ account: 'acme' })
    expect((await scene.client(second.token).responses.retrieve(made.id)).id).toBe(made.id)
    await scene.gateway.keys.revoke(second.id)
    expect(await failure(scene.client(second.token).responses.retrieve(made.id))).toMatchObject({
      status: 401,
    })
  })

  test('stays with the credential that made it, whatever keys the account gets later', async () => {
    const { responses } = scene.client()
    const managed = await responses.create({ model, input: 'hi' })
    const own = { account: 'acme', provider: 'openai', name: 'own', value: 'sk-own' }
    const key = await scene.gateway.providerKeys.create(own)
    await responses.create({ model, input: 'and?', previous_response_id: managed.id })
    const mine = await responses.create({ model, input: 'hi' })
    await responses.create({ model, input: 'and?', previous_response_id: mine.id })
    expect((await responses.retrieve(managed.id)).id).toBe(managed.id)
    expect((await responses.retrieve(mine.id)).id).toBe(mine.id)
    const used = scene.upstream.calls.map(({ headers }) => headers.authorization?.slice('Bearer sk-'.length))
    expect(used).toEqual(['operator', 'operator', 'own', 'own', 'operator', 'own'])
    await scene.gateway.providerKeys.delete(key.id)
    const gone = { status: 403, code: 'provider_not_allowed' }
    expect(await failure(responses.retrieve(mine.id))).toMatchObject(gone)
    const going = responses.create({ model, input: 'and?', previous_response_id: mine.id })
    expect(await failure(going)).toMatchObject(gone)
    expect(await scene.gateway.credits.audit('acme')).toMatchObject({ ok: true })
  })

  test('is not written down when it is not kept', async () => {
    const { responses } = scene.client()
    const made = await responses.create({ model, input: 'hi', store: false })
    expect(await failure(responses.retrieve(made.id))).toMatchObject({
      status: 404,
      code: 'response_not_found',
    })
    expect(scene.upstream.calls).toHaveLength(1)
  })

  test('is held for by its length, however it was made, and for all that a model can take where nobody counted it', async () => {
    const { responses } = scene.client()
    await scene.gateway.credits.grant({ account: 'poor', amount: '0.05', reference: 'start' })
    const { token } = await scene.gateway.keys.create({ account: 'poor' })
    const poor = scene.client(token).responses
    const limits = { input: 'and?', max_output_tokens: 16 }
    const whole = await poor.create({ ...limits, model })
    let streamed = ''
    for await (const event of await poor.create({ ...limits, model, stream: true }))
      if (event.type === 'response.completed') streamed = event.response.id
    for (const previous_response_id of [whole.id, streamed]) {
      expect((await poor.create({ ...limits, model, previous_response_id })).output_text).toBe('hello')
      const another = poor.create({ ...limits, model: 'gpt-4o-2024-11-20', previous_response_id })
      expect(await failure(another)).toMatchObject({ status: 402 })
    }
    const refer = ({ output: [item] }: OpenAI.Responses.Response) => ({
      ...limits,
      model,
      input: [{ type: 'item_reference' as const, id: item?.id as string }],
    })
    expect(await failure(poor.create(refer(whole)))).toMatchObject({ status: 402 })
    const rich = await responses.create({ ...limits, model })
    expect((await responses.create(refer(rich))).output_text).toBe('hello')
  })

  test('that is long is in the estimate of a client who leaves what goes on from it', async () => {
    scene.provider.extraTokens = 50_000
    const first = await scene.client().responses.create({ model, input: 'hi' })
    scene.provider.streams = { stallAfter: 2 }
    const going = { model, input: 'and?', stream: true, previous_response_id: first.id } as const
    for await (const { type } of await scene.client().responses.create(going))
      if (type === 'response.output_text.delta') break
    await expect.poll(() => scene.rows()).toHaveLength(2)
    const [, left] = await scene.rows()
    const { text_in: input } = (left?.meta?.usage ?? {}) as { text_in?: number }
    expect(left?.meta).toMatchObject({ status: 'aborted', usageSource: 'estimated' })
    expect(input).toBeGreaterThanOrEqual(50_015)
    expect(input).toBeLessThan(50_200)
  })
})

describe('state of the provider’s account that no call made', () => {
  test.each([
    ['conversation', { conversation: 'conv_1' }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
  ])('%s is for those who have an account of their own there', async (param, member) => {
    const { responses } = scene.client()
    const refused = await failure(responses.create({ model, input: 'hi', ...member }))
    expect(refused).toMatchObject({ status: 400, code: 'unsupported_parameter', param })
    expect(refused.message).toContain('provider key of your own')
    await scene.gateway.providerKeys.create({
      account: 'acme',
      provider: 'openai',
      name: 'own',
      value: 'sk-own',
    })
    await responses.create({ model, input: 'hi', ...member })
    expect(scene.upstream.calls.at(-1)?.json()).toMatchObject(member)
  })

  test.each([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['background', { background: true }],
  ])('%s is refused where a provider keeps nothing', async (param, member) => {
    const gateway = scene.open({ sandbox: true })
    await gateway.credits.grant({ account: 'acme', amount: '1.00', reference: 'start' })
    const { token } = await gateway.keys.create({ account: 'acme' })
    const refused = scene
      .client(token, gateway)
      .responses.create({ model: 'sandbox:echo', input: 'hi', ...member })
    expect(await failure(refused)).toMatchObject({ status: 400, code: 'unsupported_parameter', param })
  })

  test('an id cannot be chosen by the client, whom some servers would then hand out another’s answer', async () => {
    const chosen = {
      model,
      input: 'hi',
      request_id: 'resp_1',
    } as OpenAI.Responses.ResponseCreateParamsNonStreaming
    expect(await failure(scene.client().responses.create(chosen))).toMatchObject({
      status: 400,
      param: 'request_id',
    })
  })
})

describe('tokens of what goes on from a response', () => {
  const count = (token: string, more: object) =>
    scene.gateway.fetch('http://gateway/v1/responses/input_tokens', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ model, input: 'and?', ...more }),
    })

  test('are counted for the account that made it, by the credential that made it', async () => {
    const { id } = await scene.client().responses.create({ model, input: 'hi' })
    await scene.gateway.providerKeys.create({
      account: 'acme',
      provider: 'openai',
      name: 'own',
      value: 'sk-own',
    })
    await count(scene.token, { previous_response_id: id })
    expect(scene.upstream.calls.at(-1)).toMatchObject({
      path: '/v1/responses/input_tokens',
      headers: { authorization: 'Bearer sk-operator' },
    })
    const { token } = await scene.gateway.keys.create({ account: 'other' })
    const refused = await count(token, { previous_response_id: id })
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('not found')])
  })
})

describe('paths of stored responses', () => {
  const ask = (method: string, path: string) =>
    scene.gateway.fetch(`http://gateway${path}`, {
      method,
      headers: { authorization: `Bearer ${scene.token}` },
    })

  test.each(['/v1', '', '/v1/v1'])('are answered below "%s"', async (prefix) => {
    const { id } = await scene.client().responses.create({ model, input: 'hi' })
    for (const end of ['', '/', '/input_items']) {
      expect([end, (await ask('GET', `${prefix}/responses/${id}${end}`)).status]).toEqual([end, 200])
    }
    expect((await ask('HEAD', `${prefix}/responses/${id}`)).status).toBe(200)
    expect((await ask('POST', `${prefix}/responses/${id}/cancel`)).status).toBe(400)
    expect((await ask('DELETE', `${prefix}/responses/${id}`)).status).toBe(200)
  })

  test('answer 405 with what they answer, and leave to a host what may be its own', async () => {
    const wrong = await ask('PATCH', '/v1/responses/resp_1')
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, DELETE'])
    expect((await ask('GET', '/v1/responses/resp_1/cancel')).headers.get('allow')).toBe('POST')
    expect((await ask('GET', '/responses/42')).status).toBe(404)
    expect(await (await ask('GET', '/responses/42')).text()).toContain('unknown_url')
    expect(await (await ask('GET', '/v1/responses/..%2Fmodels')).text()).toContain('response_not_found')
  })

  test('keep access keys out of what goes upstream, and the client’s query in', async () => {
    const { id } = await scene.client().responses.create({ model, input: 'hi' })
    await ask('GET', `/v1/responses/${id}?include[]=reasoning.encrypted_content&key=${scene.token}`)
    const { path = '' } = scene.upstream.calls.at(-1) ?? {}
    expect(decodeURIComponent(path)).toBe(`/v1/responses/${id}?include[]=reasoning.encrypted_content`)
    expect(scene.upstream.calls.at(-1)?.headers.authorization).toBe('Bearer sk-operator')
  })
})
