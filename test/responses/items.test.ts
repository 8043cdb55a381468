import { createOpenAI } from '@ai-sdk/openai'
import { APICallError, generateText, isStepCount, jsonSchema, type ModelMessage, streamText, tool } from 'ai'
import type OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { socketHosts } from '../pass-through/socket-hosts.ts'
import { json } from '../upstream/answer.ts'
import { type ItemProvider, itemProvider } from './item-provider.ts'
import { type Scene, startScene } from './scene.ts'

let scene: Scene
let provider: ItemProvider
let stranger: string
beforeEach(async () => {
  scene = await startScene()
  provider = itemProvider()
  scene.upstream.respond(provider.script)
  await scene.gateway.credits.grant({ account: 'other', amount: '100.00', reference: 'start' })
  stranger = (await scene.gateway.keys.create({ account: 'other' })).token
})
afterEach(() => scene.close())

const model = 'gpt-5'
const free = '0.000000000'
const noPrice = { input: '0', output: '0' }

/** What a caller without a client of his own gets. */
async function ask(token: string, body: object | string, path = '/v1/responses') {
  const answer = await scene.gateway.fetch(`http://gateway${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: typeof body === 'string' ? body : JSON.stringify({ model, ...body }),
  })
  return { status: answer.status, body: await answer.json() }
}

/** Refused as OpenAI does it, before anything was held or sent. */
async function expectNotFound(token: string, id: string, body: object | string) {
  const sent = scene.upstream.calls.length
  expect(await ask(token, body)).toEqual({
    status: 404,
    body: {
      error: {
        message: `Item with id '${id}' not found.`,
        type: 'invalid_request_error',
        param: 'input',
        code: 'item_not_found',
      },
    },
  })
  expect(scene.upstream.calls).toHaveLength(sent)
  expect((await scene.gateway.credits.balance('other')).held).toBe(free)
}

const made = async (more: object = {}) => {
  const { status, body } = await ask(scene.token, { input: 'hi', ...more })
  expect(status).toBe(200)
  return body as OpenAI.Responses.Response
}
const idsOf = ({ output }: OpenAI.Responses.Response) => output.map(({ id }) => id as string)

const approval = (approval_request_id: string) => ({
  type: 'mcp_approval_response',
  approval_request_id,
  approve: true,
})

/** How requests name what the provider keeps. */
const spellings = [
  ['by its type', (id: string) => ({ type: 'item_reference', id })],
  ['without a type', (id: string) => ({ id })],
  ['with a type of null', (id: string) => ({ type: null, id })],
  ['as reasoning that is not sealed', (id: string) => ({ type: 'reasoning', id, summary: [] })],
  ['as reasoning with an empty seal', (id: string) => ({ type: 'reasoning', id, encrypted_content: '' })],
  ['as a picture that is not there', (id: string) => ({ type: 'image_generation_call', id, result: null })],
  ['as what is approved', (id: string) => approval(id)],
  ['as a message without any words', (id: string) => ({ type: 'message', id, content: [] })],
] as const

describe('an item under the operator’s credential', () => {
  test.each(spellings)('is its account’s alone, named %s', async (_, name) => {
    const [id = ''] = idsOf(await made())
    const input = [{ role: 'user', content: 'and?' }, name(id)]
    expect((await ask(scene.token, { input })).status).toBe(200)
    await expectNotFound(stranger, id, { input })
    await expectNotFound(stranger, 'rs_nobody', { input: [name('rs_nobody')] })
    await expectNotFound(scene.token, 'rs_nobody', { input: [name(id), name('rs_nobody')] })
    expect(await scene.gateway.credits.audit('other')).toMatchObject({ ok: true })
  })

  test('is not hidden by escapes, nor by a name that comes twice', async () => {
    const [id = ''] = idsOf(await made())
    const escaped = `{"model":"${model}","input":[{"\\u0074ype":"item\\u005freference","\\u0069d":"${id}"}]}`
    await expectNotFound(stranger, id, escaped)
    await expectNotFound(stranger, id, { input: { type: 'item_reference', id } })
    const twice = `{"type":"item_reference","id":"${id}","type":"message","role":"user","content":"hi"}`
    const { status, body } = await ask(stranger, `{"model":"${model}","input":[${twice}]}`)
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('"type" occurs twice')])
    expect(scene.upstream.calls).toHaveLength(1)
  })

  test('that is sent itself is nobody’s business, whatever its id', async () => {
    const input = [
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        content: [{ type: 'output_text', text: '{"id":"a"}' }],
      },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', id: 'fco_1', call_id: 'call_1', output: '' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
      { type: 'mcp_approval_request', id: 'mcpr_1', server_label: 's', name: 'f', arguments: '{}' },
      approval('mcpr_1'),
      { role: 'user', content: 'and?' },
    ]
    expect((await ask(scene.token, { input, store: false })).status).toBe(200)
    expect(scene.upstream.calls[0]?.json().input).toEqual(input)
  })

  test.each(['constructor', 'toString', '__proto__'])(
    'of a type that is called %s is like any other',
    async (type) => {
      const input = [
        { role: 'user', content: 'hi' },
        { type, id: 'x_1' },
      ]
      await expectNotFound(stranger, 'x_1', { input })
      const said = [{ type, id: 'x_1', content: 'hi' }]
      expect((await ask(scene.token, { input: said, store: false })).status).toBe(200)
    },
  )

  test('of an answer that was not kept is not known', async () => {
    const [id = ''] = idsOf(await made({ store: false }))
    await expectNotFound(scene.token, id, { input: [{ type: 'item_reference', id }] })
  })

  test('is checked where tokens are counted, too', async () => {
    const [id = ''] = idsOf(await made())
    const input = [{ type: 'item_reference', id }]
    expect((await ask(stranger, { input }, '/v1/responses/input_tokens')).status).toBe(404)
    expect((await ask(scene.token, { input }, '/v1/responses/input_tokens')).status).toBe(200)
  })

  test('is checked where Responses is spoken at the path of Chat Completions', async () => {
    const input = [
      { role: 'user', content: 'hi' },
      { type: 'image_generation_call', id: 'ig_1' },
    ]
    expect((await ask(stranger, { input }, '/v1/chat/completions')).status).toBe(404)
    expect(scene.upstream.calls).toEqual([])
  })

  test('is reasoning only where its provider would look for it: a server of one’s own reads it', async () => {
    const gateway = scene.open({
      providers: { vllm: { baseUrl: `${scene.upstream.url}/v1`, models: { oss: { price: noPrice } } } },
    })
    await gateway.credits.grant({ account: 'acme', amount: '1.00', reference: 'start' })
    const { responses } = scene.client((await gateway.keys.create({ account: 'acme' })).token, gateway)
    scene.upstream.respond(json(200, { id: 'resp_1', object: 'response', status: 'completed', output: [] }))
    const content = [{ type: 'reasoning_text' as const, text: 'hm' }]
    const asked = { model: 'vllm:oss', store: false }
    await responses.create({ ...asked, input: [{ type: 'reasoning', id: 'rs_1', summary: [], content }] })
    const naming = responses.create({ ...asked, input: [{ type: 'item_reference', id: 'rs_1' }] })
    await expect(naming).rejects.toMatchObject({ status: 404, code: 'item_not_found' })
  })

  test('cannot be named by thousands', async () => {
    const input = Array.from({ length: 5000 }, (_, index) => ({ id: `msg_${index}` }))
    expect(await ask(scene.token, { input })).toMatchObject({
      status: 400,
      body: { error: { param: 'input' } },
    })
  })

  test('is not looked for among millions, which would hold up every other call', async () => {
    const message = '{"id":"msg_1","role":"user","content":"hi"}'
    const input = `[${message},${'{},'.repeat(70_000)}${message}]`
    const answer = await ask(stranger, `{"model":"${model}","input":${input}}`)
    expect(answer).toMatchObject({ status: 400, body: { error: { param: 'input' } } })
  })

  test('is not learnt from a list of input, where a client chooses ids', async () => {
    const { responses } = scene.client(stranger)
    const own = await responses.create({ model, input: 'hi' })
    const list = {
      object: 'list',
      data: [{ type: 'message', id: 'msg_chosen', role: 'user' }],
      has_more: false,
    }
    scene.upstream.respond(json(200, list))
    expect((await responses.inputItems.list(own.id)).data).toMatchObject([{ id: 'msg_chosen' }])
    await expectNotFound(stranger, 'msg_chosen', { input: [{ type: 'item_reference', id: 'msg_chosen' }] })
  })
})

describe('an item under a provider key of one’s own', () => {
  test('is looked for by its provider alone', async () => {
    const [id = ''] = idsOf(await made())
    const own = { account: 'other', provider: 'openai', name: 'own', value: 'sk-own' }
    await scene.gateway.providerKeys.create(own)
    const input = [{ type: 'item_reference', id }]
    expect(await ask(stranger, { input })).toMatchObject({ status: 404, body: { error: { code: null } } })
    expect(scene.upstream.calls.at(-1)?.headers.authorization).toBe('Bearer sk-own')
    const mine = (await ask(stranger, { input: 'hi' })).body
    expect((await ask(stranger, { input: [{ type: 'item_reference', id: mine.output[0].id }] })).status).toBe(
      200,
    )
  })

  test('is not known under the operator’s', async () => {
    const own = { account: 'acme', provider: 'openai', name: 'own', value: 'sk-own' }
    const key = await scene.gateway.providerKeys.create(own)
    const [id = ''] = idsOf(await made())
    await scene.gateway.providerKeys.delete(key.id)
    await expectNotFound(scene.token, id, { input: [{ type: 'item_reference', id }] })
  })
})

describe('an item of a stream', () => {
  test.each([
    { split: 'event' },
    { split: 'byte' },
    { split: 'whole' },
    { split: 'event', framing: 'crlf' },
    { split: 'byte', framing: 'crlf' },
  ] as const)('may be named as soon as the end has come: %j', async (streams) => {
    provider.streams = streams
    const { responses } = scene.client()
    for await (const event of await responses.create({ model, input: 'hi', stream: true })) {
      if (event.type !== 'response.completed') continue
      const input = idsOf(event.response).map((id) => ({ type: 'item_reference' as const, id }))
      expect(input).toHaveLength(2)
      expect((await responses.create({ model, input })).output_text).toBe('Sunny.')
      await expectNotFound(stranger, String(input[0]?.id), { input, stream: true })
    }
    expect(provider.named).toHaveLength(2)
    expect(await scene.gateway.credits.audit('acme')).toMatchObject({ ok: true })
  })
})

test('an item may be named over WebSocket by the account that got it there', async () => {
  const server = await socketHosts[0]?.start(scene.gateway)
  if (!server) throw new Error('There is no host.')
  const say = async (token: string, input: unknown) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/responses`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const last = new Promise<Record<string, never>>((resolve) =>
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data))
        if (frame.type === 'response.completed' || frame.type === 'error') resolve(frame)
      }),
    )
    socket.on('open', () => socket.send(JSON.stringify({ type: 'response.create', model, input })))
    const frame = await last
    socket.terminate()
    return frame
  }
  const first = await say(scene.token, 'hi')
  const input = idsOf(first.response as never).map((id) => ({ type: 'item_reference', id }))
  expect(await say(scene.token, input)).toMatchObject({ type: 'response.completed' })
  const sent = scene.upstream.calls.length
  expect(await say(stranger, input)).toMatchObject({
    type: 'error',
    status: 404,
    error: { code: 'item_not_found', message: `Item with id '${input[0]?.id}' not found.` },
  })
  expect(scene.upstream.calls).toHaveLength(sent)
  await server.close()
})

describe('the AI SDK, which stores and refers by default', () => {
  const tools = {
    weather: tool({
      inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
      execute: async () => 'sunny',
    }),
  }
  const request = (apiKey: string, messages: ModelMessage[]) => ({
    model: createOpenAI({ baseURL: 'http://gateway/v1', apiKey, fetch: scene.gateway.fetch })(model),
    tools,
    messages,
    maxRetries: 0,
    stopWhen: isStepCount(3),
  })
  const whole = async (apiKey: string, messages: ModelMessage[]) => {
    const { text, responseMessages } = await generateText(request(apiKey, messages))
    return { text, responseMessages }
  }
  const streamed = async (apiKey: string, messages: ModelMessage[]) => {
    const answer = streamText({ ...request(apiKey, messages), onError() {} })
    for await (const part of answer.fullStream) if (part.type === 'error') throw part.error
    return { text: await answer.text, responseMessages: await answer.responseMessages }
  }

  test.each([
    ['JSON', whole],
    ['streaming', streamed],
  ])('goes through a loop of tools and on from it, and nobody else does: %s', async (_, say) => {
    const messages: ModelMessage[] = [{ role: 'user', content: 'How is the weather in Graz?' }]
    for (const next of ['Are you sure?', 'Really?']) {
      const answer = await say(scene.token, messages)
      expect(answer.text).toBe('Sunny.')
      messages.push(...answer.responseMessages, { role: 'user', content: next })
    }
    expect(provider.named.filter((id) => id.startsWith('rs_')).length).toBeGreaterThan(2)
    expect(provider.named.some((id) => id.startsWith('msg_'))).toBe(true)
    const sent = scene.upstream.calls.length
    const stolen = await say(stranger, messages).catch((error: unknown) => error)
    expect(APICallError.isInstance(stolen) && [stolen.statusCode, stolen.message]).toEqual([
      404,
      expect.stringMatching(/^Item with id 'rs_\w+' not found\.$/),
    ])
    expect(scene.upstream.calls).toHaveLength(sent)
    expect((await scene.gateway.credits.balance('other')).held).toBe(free)
  })
})
