import { createGateway, type Gateway } from '@tollgate/core'
import { listRoutes } from '@tollgate/core/node'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { passThroughEndpoints } from '../../packages/core/src/call/pass-through/endpoints.ts'
import { endpoints } from '../../packages/core/src/call/routes.ts'
import { socketEndpoints } from '../../packages/core/src/call/sockets/serve-upgrade.ts'
import { storedPaths } from '../../packages/core/src/call/stored-routes.ts'
import { silent } from '../adapters/bench.ts'
import { json } from '../upstream/answer.ts'
import { providerLike } from '../upstream/provider-like.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { settledRows } from './bench.ts'
import { socketHosts } from './socket-hosts.ts'
import { type SocketUpstream, startSocketUpstream } from './socket-upstream.ts'

const hello = [{ role: 'user', content: 'hello' }]
const media = { usage: { input_tokens: 10, output_tokens: 20, type: 'tokens' } }
const file = new File(['abc'], 'a.wav')

/** A request of each endpoint that is paid with credits: what is posted, and what its provider answers, if not as usual. */
const asked: Readonly<Record<string, { readonly body: object | FormData; readonly answer?: object }>> = {
  '/chat/completions': { body: { model: 'gpt-4o', messages: hello } },
  '/responses': { body: { model: 'gpt-4o', input: 'hello', store: false } },
  '/responses/compact': {
    body: { model: 'gpt-4o', input: 'hello' },
    answer: { object: 'response.compaction', output: [], usage: { input_tokens: 1, output_tokens: 1 } },
  },
  '/messages': { body: { model: 'claude-sonnet-4-6', max_tokens: 9, messages: hello } },
  '/completions': { body: { model: 'gpt-4o', prompt: 'hello' } },
  '/embeddings': { body: { model: 'text-embedding-3-small', input: 'hello' } },
  '/models/{model}:generateContent': { body: { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] } },
  '/images/generations': { body: { model: 'gpt-image-1', prompt: 'x' }, answer: media },
  '/images/edits': { body: form({ model: 'gpt-image-1', prompt: 'x', image: file }), answer: media },
  '/images/variations': { body: form({ model: 'gpt-image-1', image: file }), answer: media },
  '/audio/speech': { body: { model: 'gpt-4o-mini-tts', input: 'hello', voice: 'alloy' }, answer: media },
  '/audio/transcriptions': { body: form({ model: 'gpt-4o-transcribe', file }), answer: media },
  '/audio/translations': {
    body: form({ model: 'whisper-1', response_format: 'verbose_json', file }),
    answer: { duration: 2 },
  },
  '/moderations': { body: { input: 'hello' }, answer: { results: [] } },
}

/** Endpoints that make nothing: they read what is known or was made, or count, and their providers bill none of it. */
const free: ReadonlySet<string> = new Set([
  '/models',
  '/usage',
  '/credits',
  '/generation',
  '/messages/count_tokens',
  '/responses/input_tokens',
  ...storedPaths.map(({ path }) => path),
])

function form(fields: Readonly<Record<string, string | File>>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  return data
}

const postable = (path: string) => path.replace('{model}', 'gemini-2.5-flash')

describe('P12: every route that is served', () => {
  let upstream: Upstream
  let sockets: SocketUpstream
  let gateway: Gateway
  let server: Awaited<ReturnType<(typeof socketHosts)[0]['start']>>
  let token: string
  let settled = 0
  beforeAll(async () => {
    upstream = await startUpstream()
    sockets = await startSocketUpstream()
    gateway = createGateway({
      store: 'memory:',
      logger: silent,
      providers: {
        openai: { apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1` },
        anthropic: { apiKey: 'sk-ant-upstream', baseUrl: upstream.url },
        google: { apiKey: 'sk-google', baseUrl: `${upstream.url}/v1beta` },
        talker: {
          apiKey: 'sk-talker',
          baseUrl: `${sockets.url}/v1`,
          models: {
            talker: {
              upstreamId: 'gpt-realtime',
              price: { input: '1', output: '1', audioInput: '1', audioOutput: '1' },
            },
          },
        },
      },
    })
    await gateway.credits.grant({ account: 'acme', amount: '100', reference: 'start' })
    token = (await gateway.keys.create({ account: 'acme' })).token
    server = await (socketHosts[0] as (typeof socketHosts)[0]).start(gateway)
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
    await upstream.close()
    await sockets.close()
  })
  beforeEach(async () => {
    upstream.respond()
    upstream.calls.length = 0
    settled = (await settledRows(gateway, 'acme', 0)).length
  })

  const paid = Object.keys(asked)
  const own = passThroughEndpoints.filter(({ meter, freeModels }) => !meter && !freeModels)

  test('is paid with credits, free, or on own keys alone, and nothing else is listed', () => {
    const known = new Set([...paid, ...free, ...own.map(({ path }) => path)])
    const all = [
      ...Object.keys(endpoints),
      ...passThroughEndpoints.map(({ path }) => path),
      ...storedPaths.map(({ path }) => path),
    ]
    expect(all.filter((path) => !known.has(path))).toEqual([])
    const listed = listRoutes().map(({ path }) => path.replace(/^\/v1(\/v1)?(?=\/)/, ''))
    expect([...new Set(listed)].filter((path) => !known.has(path) && !/models/.test(path))).toEqual([])
    expect(Object.keys(socketEndpoints)).toEqual(['/realtime', '/responses'])
  })

  test.each(paid)('POST %s leaves a row', async (path) => {
    const { body, answer } = asked[path] as (typeof asked)[string]
    upstream.respond(answer ? json(200, answer) : providerLike)
    const isForm = body instanceof FormData
    const response = await fetch(`${server.url}/v1${postable(path)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...(!isForm && { 'content-type': 'application/json' }) },
      body: isForm ? body : JSON.stringify(body),
    })
    await response.text()
    expect(response.status).toBe(200)
    expect(await settledRows(gateway, 'acme', settled + 1)).toHaveLength(settled + 1)
  })

  test.each(own.map(({ method, path }) => [method, path] as const))(
    '%s %s is not served on credits',
    async (method, path) => {
      const response = await fetch(`${server.url}/v1${path.replaceAll(':id', 'any-1')}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(method === 'POST' && { body: '{}' }),
      })
      expect(response.status).toBe(404)
      expect(((await response.json()) as { error: { code: string } }).error.code).toBe('unknown_url')
      expect(upstream.calls).toEqual([])
    },
  )

  test.each(Object.keys(socketEndpoints))(
    'a socket at %s leaves a row for what is asked over it',
    async (path) => {
      sockets.respond((_frame, { socket }) => {
        socket.send(JSON.stringify({ type: 'response.created' }))
        socket.send(
          JSON.stringify({
            type: 'response.done',
            response: { usage: { input_tokens: 1, output_tokens: 1 } },
          }),
        )
      })
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1${path}?model=talker:talker`, {
        headers: { authorization: `Bearer ${token}` },
      })
      await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
      socket.send(
        JSON.stringify({
          type: 'response.create',
          ...(path === '/responses' && { model: 'gpt-4o', input: 'x', store: false }),
        }),
      )
      const until = performance.now() + 5000
      let count = settled
      while (count === settled && performance.now() < until) {
        count = 0
        for await (const { op } of gateway.credits.ledger('acme')) if (op === 'settle') count += 1
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      socket.close()
      expect(count).toBe(settled + 1)
    },
  )
})
