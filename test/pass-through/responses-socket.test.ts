import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway, type Gateway } from '@tollgate/core'
import OpenAI from 'openai'
import { ResponsesWS } from 'openai/resources/responses/ws'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { silent } from '../adapters/bench.ts'
import { hang, json, stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { settledRows } from './bench.ts'
import { socketHosts } from './socket-hosts.ts'

describe.each(socketHosts)('Responses over WebSocket, through $name', (host) => {
  let upstream: Upstream
  let gateway: Gateway
  let server: Awaited<ReturnType<typeof host.start>>
  let token: string
  let socket: WebSocket
  let frames: Record<string, unknown>[]
  let settled = 0
  beforeAll(async () => {
    upstream = await startUpstream()
    gateway = createGateway({
      store: 'memory:',
      logger: silent,
      providers: {
        openai: { apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1` },
        anthropic: { apiKey: 'sk-ant-upstream', baseUrl: upstream.url },
      },
    })
    await gateway.credits.grant({ account: 'acme', amount: '10.00', reference: 'start' })
    token = (await gateway.keys.create({ account: 'acme' })).token
    server = await host.start(gateway)
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
    await upstream.close()
  })
  beforeEach(async () => {
    upstream.respond()
    upstream.calls.length = 0
    settled = (await settledRows(gateway, 'acme', 0)).length
    frames = []
    socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/responses`, {
      headers: { authorization: `Bearer ${token}` },
    })
    socket.on('message', (data) => frames.push(JSON.parse(String(data))))
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return () => socket.terminate()
  })
  const rows = async (count: number) => (await settledRows(gateway, 'acme', settled + count)).slice(settled)
  const create = (more: object) =>
    socket.send(JSON.stringify({ type: 'response.create', input: 'hello big world', store: false, ...more }))
  const ended = () => frames.filter(({ type }) => type === 'response.completed')

  test('each request is a call of its own, its events are frames, and its charge is exact', async () => {
    create({ model: 'gpt-4o' })
    create({ model: 'gpt-4o' })
    await expect.poll(() => ended().length).toBe(2)
    expect(frames[0]).toMatchObject({ type: 'response.created' })
    expect(upstream.calls.map((call) => [call.method, call.path, call.json()])).toEqual(
      [1, 2].map(() => [
        'POST',
        '/v1/responses',
        { model: 'gpt-4o', input: 'hello big world', store: false, stream: true },
      ]),
    )
    expect(upstream.calls[0]?.headers.authorization).toBe('Bearer sk-upstream')
    // Three tokens in at $2.50 and three out at $10.00 a million, and six at the fee's $0.05.
    const row = { amount: '0.000037800', dialect: 'openai-responses', status: 'succeeded' }
    expect(await rows(2)).toMatchObject([row, row])
  })

  test('models of other providers answer, translated', async () => {
    create({ model: 'claude-sonnet-4-6' })
    await expect.poll(() => ended().length).toBe(1)
    expect(upstream.calls[0]?.path).toBe('/v1/messages')
    expect(await rows(1)).toMatchObject([{ model: 'claude-sonnet-4-6' }])
  })

  test('refusals are events, and the connection stays', async () => {
    create({ model: 'gpt-nobody' })
    socket.send('{"type":"response.cancel"}')
    socket.send('{"type":"response.create","model":"gpt-4o","model":"gpt-4o-mini","input":"x"}')
    socket.send('not JSON')
    upstream.respond(json(400, { error: { message: 'Bad input.', type: 'invalid_request_error' } }))
    create({ model: 'gpt-4o' })
    await expect.poll(() => frames.length).toBe(5)
    expect(frames.map(({ type, status }) => [type, status])).toEqual([
      ['error', 404],
      ['error', 400],
      ['error', 400],
      ['error', 400],
      ['error', 400],
    ])
    expect(frames[0]).toMatchObject({ error: { code: 'model_not_found' } })
    expect(frames[4]).toMatchObject({ error: { message: 'Bad input.' } })
    upstream.respond()
    create({ model: 'gpt-4o' })
    await expect.poll(() => ended().length).toBe(1)
    // What its provider refused is in the ledger, at no charge.
    expect(await rows(2)).toMatchObject([
      { status: 'failed', amount: '0.000000000' },
      { status: 'succeeded', amount: '0.000037800' },
    ])
  })

  const said = (role: string, content: string) => ({ type: 'message', role, content })
  const idOf = (at: number) => String(Object(ended()[at]?.response).id)
  const inputs = () => upstream.calls.map((call) => call.json())

  test('a request may go on from the last answer, which nobody stores, and sends what is new alone', async () => {
    create({ model: 'gpt-4o', input: [said('user', 'one')], user: 'ü' })
    await expect.poll(() => ended().length).toBe(1)
    create({ model: 'gpt-4o', input: [said('user', 'two')], user: 'ü', previous_response_id: idOf(0) })
    await expect.poll(() => ended().length).toBe(2)
    create({ model: 'gpt-4o', input: 'three', previous_response_id: idOf(1) })
    await expect.poll(() => ended().length).toBe(3)
    const answers = ended().flatMap(({ response }) => (response as { output: unknown[] }).output)
    const three = { ...said('user', 'three') }
    expect(inputs()).toEqual([
      { model: 'gpt-4o', input: [said('user', 'one')], user: 'ü', store: false, stream: true },
      {
        model: 'gpt-4o',
        input: [said('user', 'one'), answers[0], said('user', 'two')],
        user: 'ü',
        store: false,
        stream: true,
      },
      {
        model: 'gpt-4o',
        input: [said('user', 'one'), answers[0], said('user', 'two'), answers[1], three],
        store: false,
        stream: true,
      },
    ])
    expect(await rows(3)).toHaveLength(3)
  })

  test('it may go on at another provider', async () => {
    create({ model: 'gpt-4o', input: [said('user', 'one')] })
    await expect.poll(() => ended().length).toBe(1)
    create({ model: 'claude-sonnet-4-6', input: [said('user', 'two')], previous_response_id: idOf(0) })
    await expect.poll(() => ended().length).toBe(2)
    expect(upstream.calls[1]?.json().messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant' },
      { role: 'user' },
    ])
    create({ model: 'gpt-4o', input: 'three', previous_response_id: idOf(1) })
    await expect.poll(() => ended().length).toBe(3)
    expect(upstream.calls[2]?.json().input).toHaveLength(5)
  })

  test('what would not be generated is answered here, for nothing, and can be gone on from', async () => {
    create({ model: 'gpt-4o', input: [said('user', 'one')], generate: false })
    await expect.poll(() => ended().length).toBe(1)
    expect(frames.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.completed',
    ])
    expect(ended()[0]).toMatchObject({
      response: { status: 'completed', model: 'gpt-4o', output: [], usage: { total_tokens: 0 } },
    })
    expect(upstream.calls).toEqual([])
    create({ model: 'gpt-4o', input: [], previous_response_id: idOf(0) })
    await expect.poll(() => ended().length).toBe(2)
    expect(inputs()).toMatchObject([{ input: [said('user', 'one')] }])
    expect(inputs()[0]).not.toHaveProperty('previous_response_id')
    expect(await rows(1)).toHaveLength(1)
  })

  test('nothing is made ready to go on from what nobody here knows', async () => {
    create({ model: 'gpt-4o', input: 'one', previous_response_id: 'resp_other', generate: false })
    await expect.poll(() => frames.length).toBe(1)
    expect(frames[0]).toMatchObject({
      type: 'error',
      status: 400,
      error: { code: 'unsupported_parameter', param: 'previous_response_id' },
    })
  })

  test('an id of another connection is not found, and one that its provider stores is left to it', async () => {
    create({ model: 'gpt-4o', previous_response_id: 'resp_other' })
    await expect.poll(() => frames.length).toBe(1)
    expect(frames[0]).toMatchObject({
      type: 'error',
      status: 400,
      error: { code: 'previous_response_not_found', param: 'previous_response_id' },
    })
    create({ model: 'gpt-4o', store: true })
    await expect.poll(() => ended().length).toBe(1)
    create({ model: 'gpt-4o', store: true, previous_response_id: idOf(0), input: 'new' })
    await expect.poll(() => ended().length).toBe(2)
    expect(upstream.calls[1]?.json()).toMatchObject({ previous_response_id: idOf(0), input: 'new' })
  })

  test('an event that is no JSON is passed on, and neither the connection nor the process ends', async () => {
    const broken = 'event: response.output_item.done\ndata: {"type":"response.output_item.done","item":{\n\n'
    const ending = {
      type: 'response.completed',
      response: { id: 'resp_broken', usage: { input_tokens: 3, output_tokens: 3 } },
    }
    const began = { type: 'response.created', response: { id: 'resp_broken', output: [] } }
    const event = (value: { type: string }) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`
    upstream.respond(stream([event(began), broken, event(ending)]))
    const texts: string[] = []
    socket.removeAllListeners('message').on('message', (data) => texts.push(String(data)))
    create({ model: 'gpt-4o' })
    await expect.poll(() => texts.some((text) => text.includes('response.completed'))).toBe(true)
    upstream.respond()
    create({ model: 'gpt-4o' })
    await expect.poll(() => texts.filter((text) => text.includes('"response.completed"')).length).toBe(2)
    expect(await rows(2)).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }])
  })

  test('that an answer has been taken in is no request', async () => {
    socket.send('{"type":"response.processed","response_id":"resp_1"}')
    create({ model: 'gpt-4o' })
    await expect.poll(() => ended().length).toBe(1)
    expect(frames[0]).toMatchObject({ type: 'response.created' })
  })

  test('a key that is revoked opens nothing more on a connection that is open', async () => {
    const { token: other, id } = await gateway.keys.create({ account: 'acme' })
    const second = new WebSocket(`${server.url.replace('http', 'ws')}/v1/responses`, {
      headers: { authorization: `Bearer ${other}` },
    })
    const seen: Record<string, unknown>[] = []
    second.on('message', (data) => seen.push(JSON.parse(String(data))))
    await new Promise<void>((resolve) => second.once('open', resolve))
    await gateway.keys.revoke(id)
    for (const generate of [true, false])
      second.send(JSON.stringify({ type: 'response.create', model: 'gpt-4o', input: 'x', generate }))
    const refused = { type: 'error', status: 401 }
    await expect.poll(() => seen).toMatchObject([refused, refused])
    second.terminate()
  })

  test('the official client', async () => {
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: token })
    const responses = new ResponsesWS(client)
    const done = new Promise<{ response: { output_text?: string; output: unknown[] } }>((resolve, reject) => {
      responses.on('response.completed', resolve)
      responses.on('error', reject)
    })
    responses.send({ type: 'response.create', model: 'gpt-4o', input: 'hello big world', store: false })
    expect(JSON.stringify((await done).response.output)).toContain('hello big world')
    responses.close()
    expect(await rows(1)).toMatchObject([{ amount: '0.000037800' }])
  })

  test('requests that wait together are no longer than one may be', async () => {
    upstream.respond(hang)
    create({ model: 'gpt-4o' })
    await expect.poll(() => upstream.calls.length).toBe(1)
    const input = 'x'.repeat(12_000_000)
    for (let count = 0; count < 4; count++) create({ model: 'gpt-4o', input })
    await expect.poll(() => frames.length, { timeout: 10_000 }).toBe(2)
    expect(frames).toMatchObject([1, 2].map(() => ({ type: 'error', status: 429 })))
  })

  test('P22: who leaves takes the upstream along', async () => {
    upstream.respond(hang)
    create({ model: 'gpt-4o' })
    await expect.poll(() => upstream.calls.length).toBe(1)
    socket.terminate()
    await expect.poll(() => upstream.calls[0]?.aborted).toBe(true)
    await sleep(10)
    expect((await gateway.credits.balance('acme')).held).toBe('0.000000000')
  })
})
