import { readFile } from 'node:fs/promises'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway, type Gateway } from '@tollgate/core'
import { aiGateway as nodeGateway } from '@tollgate/core/node'
import OpenAI from 'openai'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { silent } from '../adapters/bench.ts'
import { settledRows } from './bench.ts'
import { type SocketHost, socketHosts } from './socket-hosts.ts'
import { type SocketCall, type SocketUpstream, startSocketUpstream } from './socket-upstream.ts'

const usage = {
  total_tokens: 253,
  input_tokens: 132,
  output_tokens: 121,
  input_token_details: {
    text_tokens: 119,
    audio_tokens: 13,
    image_tokens: 0,
    cached_tokens: 64,
    cached_tokens_details: { text_tokens: 64, audio_tokens: 0, image_tokens: 0 },
  },
  output_token_details: { text_tokens: 30, audio_tokens: 91 },
}
const buckets = { text_in: 55, cache_read: 64, audio_in: 13, text_out: 30, audio_out: 91 }
/** 55 at $4, 64 at $0.40, 13 at $32, 30 at $16, 91 at $64 a million, and 253 at the fee's $0.05. */
const charge = '0.006978250'

function respondOnce(frame: Record<string, unknown>, { socket }: Pick<SocketCall, 'socket'>): void {
  if (frame.type !== 'response.create') return
  const send = (event: object) => socket.send(JSON.stringify(event))
  send({ type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } })
  send({ type: 'response.output_audio.delta', delta: 'A'.repeat(6400) })
  send({ type: 'response.done', response: { id: 'resp_1', status: 'completed', usage } })
}

interface Scene {
  readonly gateway: Gateway
  readonly upstream: SocketUpstream
  readonly url: string
  readonly token: string
  close(): Promise<void>
}

async function startScene(host: SocketHost): Promise<Scene> {
  const upstream = await startSocketUpstream()
  const gateway = createGateway({
    store: 'memory:',
    logger: silent,
    secret: 'a-secret-of-32-characters-or-more',
    providers: { openai: { apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1` } },
  })
  await gateway.credits.grant({ account: 'acme', amount: '10.00', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  const server = await host.start(gateway)
  return {
    gateway,
    upstream,
    token,
    url: server.url,
    async close() {
      await gateway.close()
      await server.close()
      await upstream.close()
    },
  }
}

/** The frames that a socket gets, and how it closed. */
function listen(socket: WebSocket) {
  const frames: Record<string, unknown>[] = []
  socket.on('message', (data) => frames.push(JSON.parse(String(data))))
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  const opened = new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  opened.catch(() => {})
  return { frames, closed, opened }
}

/** The answer to an upgrade that was refused. */
function refusal(url: string, headers: Record<string, string> = {}, protocols: string[] = []) {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, { headers })
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    socket.on('open', () => reject(new Error('It was accepted.')))
    socket.on('error', () => {})
    socket.on('unexpected-response', async (_request, response) => {
      let body = ''
      for await (const chunk of response) body += chunk
      resolve({ status: response.statusCode, body })
    })
  })
}

describe.each(socketHosts)('realtime, through $name', (host) => {
  let scene: Scene
  let settled = 0
  beforeAll(async () => {
    scene = await startScene(host)
  })
  afterAll(() => scene.close())
  beforeEach(async () => {
    scene.upstream.respond(respondOnce)
    scene.upstream.refuse(undefined)
    scene.upstream.calls.length = 0
    settled = (await settledRows(scene.gateway, 'acme', 0)).length
  })
  const rows = async (count: number) =>
    (await settledRows(scene.gateway, 'acme', settled + count)).slice(settled)
  const connect = (query = '?model=gpt-realtime', protocols: string[] = []) => {
    const headers = { authorization: `Bearer ${scene.token}` }
    return new WebSocket(`${scene.url.replace('http', 'ws')}/v1/realtime${query}`, protocols, { headers })
  }

  test('responses are charged one by one, to the nano-dollar', async () => {
    const socket = connect('?model=openai:gpt-realtime&provider=openai')
    const { frames, opened } = listen(socket)
    await opened
    for (const count of [1, 2]) {
      socket.send(JSON.stringify({ type: 'response.create' }))
      await expect.poll(() => frames.filter(({ type }) => type === 'response.done').length).toBe(count)
    }
    await sleep(50)
    socket.close()
    const row = {
      amount: charge,
      dialect: 'openai-realtime',
      usage: buckets,
      source: 'provider',
      status: 'succeeded',
      credential: 'managed',
      model: 'gpt-realtime',
    }
    expect(await rows(2)).toEqual([row, row])
    const [call] = scene.upstream.calls
    expect(call?.request.url).toBe('/v1/realtime?model=gpt-realtime')
    expect(call?.request.headers.authorization).toBe('Bearer sk-upstream')
    expect(JSON.stringify(call?.request.headers)).not.toContain('tg_')
    await call?.closed
    expect(await scene.gateway.credits.audit('acme')).toMatchObject({ ok: true })
  })

  test("a browser's key in a subprotocol opens the session and stays here", async () => {
    const url = `${scene.url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime`
    const socket = new WebSocket(url, [
      'realtime',
      `openai-insecure-api-key.${scene.token}`,
      'openai-organization.org-1',
    ])
    const { opened, closed } = listen(socket)
    await opened
    expect(socket.protocol).toBe('realtime')
    const [call] = scene.upstream.calls
    expect(call?.request.headers['sec-websocket-protocol']).toBe('realtime')
    expect(JSON.stringify(call?.request.headers)).not.toMatch(/tg_|org-1/)
    socket.close()
    await closed
    await call?.closed
  })

  test('P4: who leaves in the middle of a response pays for what was said', async () => {
    scene.upstream.respond(({ type }, { socket }) => {
      if (type !== 'response.create') return
      socket.send(JSON.stringify({ type: 'response.created', response: {} }))
      // 9,600 bytes of sound, 2,400 a token.
      socket.send(JSON.stringify({ type: 'response.output_audio.delta', delta: 'A'.repeat(12_800) }))
    })
    const socket = connect()
    const { frames, opened } = listen(socket)
    await opened
    socket.send(JSON.stringify({ type: 'input_audio_buffer.append', audio: 'A'.repeat(64_000) }))
    socket.send(JSON.stringify({ type: 'response.create' }))
    await expect.poll(() => frames.length).toBe(2)
    socket.terminate()
    await scene.upstream.calls[0]?.closed
    expect(await rows(1)).toMatchObject([
      { status: 'aborted', source: 'estimated', usage: { audio_in: 11, audio_out: 4 } },
    ])
    expect(await scene.gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000' })
  })

  test('a session in which nothing was said costs nothing', async () => {
    const socket = connect()
    const { opened, closed } = listen(socket)
    await opened
    expect((await scene.gateway.credits.balance('acme')).held).not.toBe('0.000000000')
    socket.close()
    await closed
    expect(await rows(0)).toEqual([])
  })

  test('who is unknown, asks for nothing known or has no credits is answered before anything is opened', async () => {
    const { token: poor } = await scene.gateway.keys.create({ account: 'poor' })
    const bearer = { authorization: `Bearer ${scene.token}` }
    const at = (query: string) => `${scene.url}/v1/realtime${query}`
    expect(await refusal(at('?model=gpt-realtime'))).toMatchObject({ status: 401 })
    expect(await refusal(at(''), bearer)).toMatchObject({ status: 400 })
    expect(await refusal(at('?model=gpt-4o'), bearer)).toMatchObject({ status: 400 })
    expect(await refusal(at('?model=gpt-realtime'), { authorization: `Bearer ${poor}` })).toMatchObject({
      status: 402,
    })
    expect(
      await refusal(at('?model=gpt-realtime'), bearer, [`openai-insecure-api-key.${poor}`]),
    ).toMatchObject({
      status: 401,
    })
    const around = { ...bearer, 'tollgate-via': Array(8).fill('other').join(', ') }
    expect(await refusal(at('?model=gpt-realtime'), around)).toMatchObject({ status: 508 })
    expect(await refusal(`${scene.url}/v1/elsewhere`, bearer)).toMatchObject({ status: 404 })
    expect(scene.upstream.calls).toEqual([])
    scene.upstream.refuse(401)
    const refused = await refusal(at('?model=gpt-realtime'), bearer)
    expect(refused.status).toBe(502)
    expect(refused.body).not.toContain('127.0.0.1')
    expect(await rows(0)).toEqual([])
  })
})

describe('realtime', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene(socketHosts[0] as SocketHost)
  })
  afterAll(() => scene.close())
  const connect = (token: string) =>
    new WebSocket(`${scene.url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime`, {
      headers: { authorization: `Bearer ${token}` },
    })

  test('credits that run out end the session with an error, and what was said is charged', async () => {
    await scene.gateway.credits.grant({ account: 'little', amount: '0.12', reference: 'little' })
    const { token } = await scene.gateway.keys.create({ account: 'little' })
    scene.upstream.respond(({ type }, { socket }) => {
      if (type !== 'response.create') return
      socket.send(JSON.stringify({ type: 'response.created', response: {} }))
      // It would talk for ever.
      const talk = setInterval(() => {
        socket.send(JSON.stringify({ type: 'response.output_audio.delta', delta: 'A'.repeat(320_000) }))
      }, 5)
      socket.on('close', () => clearInterval(talk))
    })
    const socket = connect(token)
    const { frames, opened, closed } = listen(socket)
    await opened
    socket.send(JSON.stringify({ type: 'response.create' }))
    expect(await closed).toBe(1008)
    expect(frames.at(-1)).toMatchObject({ type: 'error', error: { code: 'insufficient_credits' } })
    const [row] = await settledRows(scene.gateway, 'little', 1)
    expect(row).toMatchObject({ status: 'aborted', source: 'estimated' })
    const balance = await scene.gateway.credits.balance('little')
    expect(Number(balance.available)).toBeGreaterThanOrEqual(0)
    expect(Number(balance.available)).toBeLessThan(0.02)
    expect(await scene.gateway.credits.audit('little')).toMatchObject({ ok: true })
  })

  test('what would change the model, or use what others share, is refused on the way', async () => {
    scene.upstream.calls.length = 0
    const socket = connect(scene.token)
    const { frames, opened } = listen(socket)
    await opened
    const refusedFrames = [
      { type: 'session.update', session: { model: 'gpt-realtime-mini' } },
      { type: 'session.update', session: { prompt: { id: 'pmpt_1' } } },
      {
        type: 'session.update',
        session: { audio: { input: { transcription: { model: 'nobodys-model' } } } },
      },
      { type: 'response.create', response: { prompt: { id: 'pmpt_1' } } },
    ]
    for (const frame of refusedFrames) socket.send(JSON.stringify(frame))
    socket.send('{"type":"session.update","type":"response.create"}')
    socket.send('no JSON')
    await expect.poll(() => frames.length).toBe(6)
    expect(new Set(frames.map(({ type }) => type))).toEqual(new Set(['error']))
    socket.send('{"type":"session.update","session":{"instructions":"x","instructions":"y"}}')
    await expect
      .poll(() => scene.upstream.calls[0]?.frames)
      .toEqual([{ type: 'session.update', session: { instructions: 'y' } }])
    socket.send(Buffer.from([1, 2, 3]))
    const code = await new Promise((resolve) => socket.on('close', resolve))
    expect(code).toBe(1003)
  })

  test('what was said is written down at the price of the model that writes', async () => {
    const { token } = await scene.gateway.keys.create({ account: 'writer' })
    await scene.gateway.credits.grant({ account: 'writer', amount: '5', reference: 'writer' })
    scene.upstream.respond(({ type }, { socket }) => {
      if (type === 'session.update') {
        const session = { audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } } }
        socket.send(JSON.stringify({ type: 'session.updated', session }))
      }
      if (type !== 'input_audio_buffer.commit') return
      socket.send(
        JSON.stringify({
          type: 'conversation.item.input_audio_transcription.completed',
          transcript: 'hello',
          usage: {
            type: 'tokens',
            input_tokens: 20,
            input_token_details: { audio_tokens: 20 },
            output_tokens: 4,
          },
        }),
      )
    })
    const socket = connect(token)
    const { opened } = listen(socket)
    await opened
    const session = { audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } } }
    socket.send(JSON.stringify({ type: 'session.update', session }))
    socket.send(JSON.stringify({ type: 'input_audio_buffer.commit' }))
    // 20 at $6 and 4 at $10 a million, and 24 at $0.05.
    await expect
      .poll(async () => (await settledRows(scene.gateway, 'writer', 0))[0]?.amount, { timeout: 12_000 })
      .toBe('0.000161200')
    socket.close()
  }, 30_000)

  test('the limits of a key hold for each response: nothing is held between them, and a refusal leaves the session', async () => {
    scene.upstream.respond(respondOnce)
    await scene.gateway.credits.grant({ account: 'limited', amount: '5', reference: 'limited' })
    const { token } = await scene.gateway.keys.create({
      account: 'limited',
      limits: { concurrency: 1, rpm: 2 },
    })
    const socket = connect(token)
    const { frames, opened } = listen(socket)
    await opened
    for (const count of [1, 2]) {
      socket.send(JSON.stringify({ type: 'response.create' }))
      await expect.poll(() => frames.filter(({ type }) => type === 'response.done').length).toBe(count)
      expect(await settledRows(scene.gateway, 'limited', count)).toHaveLength(count)
    }
    socket.send(JSON.stringify({ type: 'response.create' }))
    await expect
      .poll(() => frames.at(-1), { timeout: 5000 })
      .toMatchObject({
        type: 'error',
        error: { code: 'rate_limit_exceeded' },
      })
    expect(socket.readyState).toBe(socket.OPEN)
    socket.close()
  })

  test('frames come as fast as they are read, and no faster', async () => {
    scene.upstream.calls.length = 0
    const socket = connect(scene.token)
    const { opened, frames } = listen(socket)
    await opened
    socket.pause()
    const upstream = scene.upstream.calls[0]?.socket as WebSocket
    const filler = JSON.stringify({ type: 'anything', text: 'x'.repeat(1_000_000) })
    for (let sent = 0; sent < 40; sent += 1) upstream.send(filler)
    await sleep(500)
    expect(upstream.bufferedAmount).toBeGreaterThan(10_000_000)
    socket.resume()
    await expect.poll(() => frames.length, { timeout: 10_000 }).toBe(40)
    socket.close()
  })
})

test('the official client talks, and is charged', async () => {
  const [cert, key] = await Promise.all(
    ['cert', 'key'].map((name) =>
      readFile(new URL(`../fixtures/tls/localhost.${name}.pem`, import.meta.url)),
    ),
  )
  const scene = await startScene({
    name: 'node:https',
    async start(gateway) {
      const ai = nodeGateway({ gateway })
      const server = ai.attach(createServer({ cert, key } as ServerOptions, ai))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      return {
        url: `https://localhost:${port}`,
        close: () => new Promise((resolve) => server.close(() => resolve())),
      }
    },
  })
  scene.upstream.respond(respondOnce)
  const client = new OpenAI({ baseURL: `${scene.url}/v1`, apiKey: scene.token })
  const realtime = new OpenAIRealtimeWS({ model: 'gpt-realtime', options: { ca: cert } }, client)
  const done = new Promise<{ response: { usage?: unknown } }>((resolve) =>
    realtime.on('response.done', resolve),
  )
  realtime.socket.on('open', () => realtime.send({ type: 'response.create' }))
  expect((await done).response.usage).toEqual(usage)
  realtime.close()
  expect(await settledRows(scene.gateway, 'acme', 1)).toMatchObject([{ amount: charge }])
  await scene.close()
})

test('a gateway that closes ends its sessions', async () => {
  const scene = await startScene(socketHosts[0] as SocketHost)
  const socket = new WebSocket(`${scene.url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime`, {
    headers: { authorization: `Bearer ${scene.token}` },
  })
  const { opened, closed } = listen(socket)
  await opened
  await scene.gateway.close()
  expect(await closed).toBe(1001)
  await scene.close()
})
