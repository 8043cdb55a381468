import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Scene, startScene } from './scene.ts'

let scene: Scene
beforeEach(async () => {
  scene = await startScene()
})
afterEach(() => scene.close())

const free = '0.000000000'
const create = async (token: string, body: object) => {
  const response = await scene.gateway.fetch('http://gateway/v1/responses', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model: 'gpt-4o', input: 'hi', max_output_tokens: 16, ...body }),
  })
  return { status: response.status, text: await response.text() }
}

/** Input that its provider holds, as requests name it. */
const references = [
  ['by its type', [{ type: 'item_reference', id: 'msg_1' }]],
  ['without a type', [{ id: 'msg_1' }]],
  ['without a type, behind one that has it', [{ id: 'msg_0', role: 'user', content: 'hi' }, { id: 'msg_1' }]],
  [
    'with a type of null, behind words',
    [
      { role: 'user', content: 'hi' },
      { type: null, id: 'msg_1' },
    ],
  ],
] as const

describe('a limit on input', () => {
  const limited = async () =>
    (await scene.gateway.keys.create({ account: 'acme', limits: { maxInputTokens: 100 } })).token
  const own = () =>
    scene.gateway.providerKeys.create({ account: 'acme', provider: 'openai', name: 'own', value: 'sk-own' })

  test.each(references)('is not passed under by an item that is named %s', async (_, input) => {
    const { status, text } = await create(await limited(), { input })
    expect({ status, asked: scene.upstream.calls.length }).toEqual({ status: 413, asked: 0 })
    expect(text).toContain('an input of unknown length')
    expect(await scene.gateway.credits.balance('acme')).toMatchObject({ held: free, spent: free })
  })

  test('sees an item whose name is written in escapes', async () => {
    const token = await limited()
    const response = await scene.gateway.fetch('http://gateway/v1/responses', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: '{"model":"gpt-4o","input":[{"\\u0069d":"msg_1"}]}',
    })
    expect({ status: response.status, asked: scene.upstream.calls.length }).toEqual({ status: 413, asked: 0 })
  })

  test('is looked after at once, however many spaces there are in an item', async () => {
    const begun = performance.now()
    const response = await scene.gateway.fetch('http://gateway/v1/responses', {
      method: 'POST',
      headers: { authorization: `Bearer ${await limited()}` },
      body: `{"model":"gpt-4o","input":[{"id":"a"${' '.repeat(200_000)},"type":"message","role":"user","content":"hi"}]}`,
    })
    expect(response.status).toBe(413)
    expect(performance.now() - begun).toBeLessThan(3000)
  })

  test.each([
    ['conversation', { conversation: 'conv_1' }],
    ['conversation', { conversation: { id: 'conv_1' } }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
  ])('nor by a %s', async (_, member) => {
    await own()
    const { status, text } = await create(await limited(), member)
    expect({ status, asked: scene.upstream.calls.length }).toEqual({ status: 413, asked: 0 })
    expect(text).toContain('an input of unknown length')
  })

  test('is looked after however many ids there are in an item', async () => {
    const response = await scene.gateway.fetch('http://gateway/v1/responses', {
      method: 'POST',
      headers: { authorization: `Bearer ${await limited()}` },
      body: `{"model":"gpt-4o","input":[{${'"id":"",'.repeat(2_000_000)}"type":null}]}`,
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('The member \\"id\\" occurs twice')
  })

  test('counts a response that is gone on from, as far as it was counted', async () => {
    const token = await limited()
    const short = JSON.parse((await create(token, {})).text)
    expect((await create(token, { previous_response_id: short.id })).status).toBe(200)
    scene.provider.extraTokens = 200
    const long = JSON.parse((await create(token, {})).text)
    const refused = await create(token, { previous_response_id: long.id })
    expect(refused.status).toBe(413)
  })

  test('leaves items alone that are there, whatever ids they have', async () => {
    const input = [
      { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'hello' }] },
      { role: 'user', content: 'and?' },
    ]
    expect((await create(await limited(), { input })).status).toBe(200)
  })
})

test.each(references)(
  'credits for all that a model can take are held where an item is named %s',
  async (_, input) => {
    await scene.gateway.credits.grant({ account: 'poor', amount: '0.05', reference: 'start' })
    const { token } = await scene.gateway.keys.create({ account: 'poor' })
    const [own] = JSON.parse((await create(token, {})).text).output
    const named = JSON.parse(JSON.stringify(input).replace('msg_1', own.id))
    expect((await create(token, { input: named })).status).toBe(402)
    expect((await create(token, {})).status).toBe(200)
  },
)
