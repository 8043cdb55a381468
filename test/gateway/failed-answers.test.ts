import { createGateway, type Gateway } from '@tollgate/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { json, stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

const keys = ['AIza-CANARY', 'sk-CANARY']
let upstream: Upstream
let gateway: Gateway
let token: string

beforeEach(async () => {
  upstream = await startUpstream()
  gateway = createGateway({
    store: 'memory:',
    logger: { info() {}, warn() {}, error() {} },
    providers: {
      google: { apiKey: 'AIza-CANARY', baseUrl: `${upstream.url}/v1beta` },
      openai: { apiKey: 'sk-CANARY', baseUrl: `${upstream.url}/v1` },
    },
  })
  await gateway.credits.grant({ account: 'acme', amount: '100', reference: 'start' })
  token = (await gateway.keys.create({ account: 'acme' })).token
})
afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

async function ask(path: string, body: object) {
  const headers = { authorization: `Bearer ${token}` }
  const response = await gateway.fetch(
    new Request(`http://gateway${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  )
  const text = await response.text()
  const { spent, held } = await gateway.credits.balance('acme')
  return { status: response.status, text, spent, held }
}

const messages = [{ role: 'user', content: 'hi' }]
const contents = [{ parts: [{ text: 'hi' }] }]
const free = { spent: '0.000000000', held: '0.000000000' }
const error = { code: 400, message: `The key ${keys.join(' or ')} is not good.`, status: 'INVALID_ARGUMENT' }

describe('an error that comes with status 200', () => {
  test('is no answer of another dialect, and free', async () => {
    const failed = { code: 'server_error', message: 'It broke.' }
    upstream.respond(json(200, { id: 'r', object: 'response', status: 'failed', error: failed, output: [] }))
    const answer = await ask('/v1/messages', { model: 'gpt-5-pro', max_tokens: 50, messages })
    expect(answer).toMatchObject({ status: 502, ...free })
    expect(JSON.parse(answer.text)).toMatchObject({ type: 'error', error: { type: 'api_error' } })
  })

  test('is charged where its provider says what it took', async () => {
    const usage = { input_tokens: 1000, output_tokens: 0, total_tokens: 1000 }
    upstream.respond(
      json(200, { id: 'r', object: 'response', status: 'failed', error: null, output: [], usage }),
    )
    const answer = await ask('/v1/messages', { model: 'gpt-5-pro', max_tokens: 50, messages })
    expect(answer).toMatchObject({ status: 502, held: free.held })
    expect(Number(answer.spent)).toBeGreaterThan(0)
  })

  test.each([
    ['whole', '/v1beta/models/gemini-2.5-flash:generateContent', { contents }],
    ['streamed', '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse', { contents }],
    ['whole', '/v1/messages', { model: 'gemini-2.5-flash', max_tokens: 50, messages }],
    ['streamed', '/v1/messages', { model: 'gemini-2.5-flash', max_tokens: 50, messages, stream: true }],
  ])('shows nobody the credential that it repeats: %s, %s', async (kind, path, body) => {
    upstream.respond(
      kind === 'whole' ? json(200, { error }) : stream([`data: ${JSON.stringify({ error })}\n\n`]),
    )
    const answer = await ask(path, body)
    expect(answer.text).toContain('The key [redacted] or sk-CANARY is not good.')
    expect(answer).toMatchObject(free)
  })
})
