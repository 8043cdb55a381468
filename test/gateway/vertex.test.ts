import { generateKeyPairSync, verify } from 'node:crypto'
import Anthropic from '@anthropic-ai/sdk'
import { createGateway, type Gateway, type GoogleCloudOptions } from '@tollgate/core'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hang, json, stream } from '../upstream/answer.ts'
import { type RecordedCall, startUpstream, type Upstream } from '../upstream/upstream.ts'
import { recording } from '../upstream/wire.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const gemini = 'gemini-2.5-flash'
const claude = 'claude-sonnet-4-5@20250929'
const llama = 'meta/llama-4-maverick-17b-128e-instruct-maas'
const price = { input: '1', output: '2', cachedInput: '0.1' }
const base = '/v1/projects/acme-1/locations/europe-west1'

let upstream: Upstream
let tokens: Upstream
let gateway: Gateway
let token: string
let logged: string[]

const account = () => ({
  type: 'service_account',
  client_email: 'gateway@acme-1.iam.gserviceaccount.com',
  private_key: pem,
  private_key_id: 'key-1',
  project_id: 'acme-1',
  token_uri: `${tokens.url}/token`,
})

const grants = (seconds: number) => {
  let count = 0
  return () =>
    json(200, { access_token: `ya29.CANARY-${++count}`, expires_in: seconds, token_type: 'Bearer' })
}

beforeEach(async () => {
  upstream = await startUpstream(json(200, geminiAnswer))
  tokens = await startUpstream(grants(3600))
})
afterEach(async () => {
  await gateway.close()
  await Promise.all([upstream.close(), tokens.close()])
})

async function start(googleCloud: GoogleCloudOptions = { credentials: account() }) {
  logged = []
  const note = (...shown: unknown[]) => void logged.push(JSON.stringify(shown))
  const models = { [gemini]: { price }, [claude]: { price }, [llama]: { price } }
  gateway = createGateway({
    store: 'memory:',
    logger: { info: note, warn: note, error: note },
    providers: { vertex: { baseUrl: upstream.url + base, models, googleCloud } },
  })
  await gateway.credits.grant({ account: 'acme', amount: '100', reference: 'start' })
  token = (await gateway.keys.create({ account: 'acme' })).token
}

const openai = () =>
  new OpenAI({ baseURL: 'http://gateway/v1', apiKey: token, fetch: gateway.fetch, maxRetries: 0 })
const anthropic = () =>
  new Anthropic({ baseURL: 'http://gateway', apiKey: token, fetch: gateway.fetch, maxRetries: 0 })

function post(path: string, body: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return gateway.fetch(`http://gateway${path}`, { method: 'POST', headers, body, ...init })
}

const ask = (init: RequestInit = {}) =>
  post(`/v1beta/models/${gemini}:generateContent`, '{"contents":[]}', init)

async function settled() {
  for (let tries = 0; tries < 200; tries += 1) {
    for await (const row of gateway.credits.ledger('acme')) if (row.op === 'settle') return row
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('nothing was settled')
}

const geminiAnswer = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hello.' }] }, finishReason: 'STOP', index: 0 }],
  modelVersion: gemini,
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7, totalTokenCount: 12 },
}
const messagesAnswer = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [{ type: 'text', text: 'Hello.' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 5, output_tokens: 7 },
}
const chatAnswer = {
  id: 'c',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
}
const messages = [{ role: 'user' as const, content: 'hi' }]
// 5 in at $1 a million, 7 out at $2, and the fee of $0.05.
const charge = '0.000019600'

describe('an access token', () => {
  test('is asked for once by a hundred calls, with an assertion that the account has signed', async () => {
    await start()
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask()))
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200))
    expect((await ask()).status).toBe(200)
    expect(tokens.calls).toHaveLength(1)
    expect(new Set(upstream.calls.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer ya29.CANARY-1']),
    )
    expect(readAssertion(tokens.calls[0])).toMatchObject({
      header: { alg: 'RS256', kid: 'key-1' },
      claims: {
        iss: 'gateway@acme-1.iam.gserviceaccount.com',
        aud: `${tokens.url}/token`,
        scope: 'https://www.googleapis.com/auth/cloud-platform',
      },
    })
  })

  test('that is about to end is not used any more', async () => {
    tokens.respond(grants(20))
    await start()
    for (const count of [1, 2, 3]) {
      await ask()
      expect(upstream.calls.at(-1)?.headers.authorization).toBe(`Bearer ya29.CANARY-${count}`)
    }
  })

  test('that is refused is an error of the gateway; the operator learns why, and the next call asks again', async () => {
    tokens.respond([
      json(400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }),
      json(200, { access_token: 'ya29.CANARY', expires_in: 3600 }),
    ])
    await start()
    const refused = await ask()
    expect(refused.status).toBe(502)
    expect(await refused.text()).not.toContain('JWT')
    const reason = logged.find((line) => line.includes('invalid_grant: Invalid JWT Signature.'))
    expect(reason).toContain('upstream_auth_error')
    expect(upstream.calls).toHaveLength(0)
    expect(await gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000', spent: '0.000000000' })
    expect((await ask()).status).toBe(200)
    expect(logged.join()).not.toMatch(/CANARY|PRIVATE KEY|assertion/)
  })

  test.each([
    ['cannot be reached', undefined],
    ['fails', json(503, 'down')],
  ])('whose endpoint %s may be there at the next try', async (_, answer) => {
    if (answer) tokens.respond(answer)
    await start()
    if (!answer) await tokens.close()
    const refused = await openai()
      .chat.completions.create({ model: gemini, messages, stream: true })
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ status: 503, code: 'provider_unavailable' })
    expect((await gateway.credits.balance('acme')).held).toBe('0.000000000')
    if (!answer) tokens = await startUpstream()
  })

  test('that is still waited for when the client leaves sends nothing and holds nothing', async () => {
    tokens.respond(hang)
    await start()
    const leaving = new AbortController()
    const asked = tokens.nextCall()
    const left = ask({ signal: leaving.signal }).catch(() => 'left')
    await asked
    expect((await gateway.credits.balance('acme')).held).not.toBe('0.000000000')
    leaving.abort()
    await left
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await gateway.credits.balance('acme')).held === '0.000000000') break
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(await gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000', spent: '0.000000000' })
    expect(upstream.calls).toHaveLength(0)
  })

  test('may come from a function, once for as long as that says it is good', async () => {
    let asked = 0
    const credentials = async () => {
      asked += 1
      return asked < 3 ? `plain-${asked}` : { token: `timed-${asked}`, expiresAt: Date.now() + 3_600_000 }
    }
    await start({ credentials })
    for (const name of ['plain-1', 'plain-2', 'timed-3', 'timed-3']) {
      await ask()
      expect(upstream.calls.at(-1)?.headers.authorization).toBe(`Bearer ${name}`)
    }
  })

  test.each([
    [() => Promise.reject(new Error('No metadata server.')), 'No metadata server.'],
    [async () => null, 'gave no access token'],
  ])('that a function does not give is an error of the gateway', async (credentials, reason) => {
    await start({ credentials })
    expect((await ask()).status).toBe(502)
    expect(logged.join()).toContain(reason)
  })

  test('that a provider repeats is not shown to the client', async () => {
    await start()
    upstream.respond(({ headers }) =>
      json(400, { error: { code: 400, message: String(headers.authorization) } }),
    )
    const refused = await (await ask()).text()
    expect(refused).toContain('Bearer [redacted]')
    expect(refused).not.toContain('CANARY')
  })
})

function readAssertion(call: RecordedCall | undefined) {
  const form = new URLSearchParams(call?.body.toString())
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const [header = '', claims = '', signature = ''] = form.get('assertion')?.split('.') ?? []
  expect(
    verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url')),
  ).toBe(true)
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  const read = { header: decode(header), claims: decode(claims) }
  expect(read.claims.exp - read.claims.iat).toBe(3600)
  expect(Math.abs(read.claims.iat - Date.now() / 1000)).toBeLessThan(600)
  return read
}

describe('models are called where their publishers have them', () => {
  beforeEach(() => start())

  test('Gemini by its own API, streamed too', async () => {
    const { events } = recording('google/google-stream-no-args-tool-call.chunks.txt')
    upstream.respond(stream(events))
    const answer = await post(`/v1beta/models/${gemini}:streamGenerateContent?alt=sse`, '{"contents":[]}')
    expect(await answer.text()).toBe(events.join(''))
    const path = `${base}/publishers/google/models/${gemini}:streamGenerateContent?alt=sse`
    expect(upstream.calls[0]?.path).toBe(path)
    expect((await settled()).meta).toMatchObject({
      provider: 'vertex',
      usage: { text_in: 249, text_out: 241 },
    })
  })

  test('Gemini by Chat Completions, under the name that it has there', async () => {
    upstream.respond(json(200, chatAnswer))
    const answer = await openai().chat.completions.create({ model: gemini, messages })
    expect(answer.choices[0]?.message.content).toBe('Hello.')
    expect(upstream.calls[0]?.path).toBe(`${base}/endpoints/openapi/chat/completions`)
    expect(upstream.calls[0]?.json()).toMatchObject({ model: `google/${gemini}`, messages })
    expect((await settled()).amount).toBe(charge)
  })

  test('other publishers by Chat Completions, also for clients of Messages', async () => {
    upstream.respond(json(200, chatAnswer))
    await anthropic().messages.create({ model: llama, max_tokens: 9, messages })
    expect(upstream.calls[0]?.path).toBe(`${base}/endpoints/openapi/chat/completions`)
    expect(upstream.calls[0]?.json()).toMatchObject({ model: llama })
    expect((await settled()).amount).toBe(charge)
  })

  test('Claude by Messages, whose bytes pass but for what Vertex wants otherwise', async () => {
    upstream.respond(json(200, messagesAnswer))
    const body = `{ "max_tokens": 9,"model":${JSON.stringify(claude)} , "x":12345678901234567890,"messages":[{"role":"user","content":"h\\u00fc"}] }`
    const answer = await post('/v1/messages', body, {
      headers: { 'x-api-key': token, 'content-type': 'application/json', 'anthropic-beta': 'b-1' },
    })
    expect(answer.status).toBe(200)
    const [call] = upstream.calls
    expect(call?.path).toBe(`${base}/publishers/anthropic/models/${claude}:rawPredict`)
    expect(call?.body.toString()).toBe(
      '{"max_tokens": 9,"x":12345678901234567890,"messages":[{"role":"user","content":"h\\u00fc"}],"anthropic_version":"vertex-2023-10-16"}',
    )
    expect(call?.headers).toMatchObject({ 'anthropic-beta': 'b-1', authorization: 'Bearer ya29.CANARY-1' })
    expect(call?.headers).not.toHaveProperty('x-api-key')
    expect((await settled()).amount).toBe(charge)
  })

  test('Claude streamed, for its own clients', async () => {
    const { events } = recording('anthropic/anthropic-text.chunks.txt')
    upstream.respond(stream(events))
    const message = await anthropic()
      .messages.stream({ model: claude, max_tokens: 9, messages })
      .finalMessage()
    expect(message.content).not.toEqual([])
    expect(upstream.calls[0]?.path).toBe(`${base}/publishers/anthropic/models/${claude}:streamRawPredict`)
    expect(upstream.calls[0]?.json()).toMatchObject({ stream: true, anthropic_version: 'vertex-2023-10-16' })
  })

  test('Claude for clients of Chat Completions and of Gemini', async () => {
    upstream.respond(json(200, messagesAnswer))
    const answer = await openai().chat.completions.create({ model: `vertex:${claude}`, messages })
    expect(answer.choices[0]?.message.content).toBe('Hello.')
    const other = await post(
      `/v1beta/models/${claude}:generateContent`,
      '{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}',
    )
    expect(await other.json()).toMatchObject({ candidates: [{ content: { parts: [{ text: 'Hello.' }] } }] })
    for (const { path, json: body } of upstream.calls) {
      expect(path).toBe(`${base}/publishers/anthropic/models/${claude}:rawPredict`)
      expect(body()).toMatchObject({ anthropic_version: 'vertex-2023-10-16' })
      expect(body()).not.toHaveProperty('model')
    }
  })

  test('errors that come in a list are read as others are', async () => {
    upstream.respond(
      json(400, [{ error: { code: 400, message: 'Bad schema.', status: 'INVALID_ARGUMENT' } }]),
    )
    const refused = anthropic().messages.create({ model: llama, max_tokens: 9, messages })
    await expect(refused).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('Bad schema.'),
    })
  })
})
