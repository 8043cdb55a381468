import { createGateway, type Gateway } from '@tollgate/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { json } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

const bedrocks = 'anthropic.claude-fable-5'
let upstream: Upstream
let gateway: Gateway
let token: string
let held: number

beforeEach(async () => {
  upstream = await startUpstream(async () => {
    held = Number((await gateway.credits.balance('acme')).held)
    return json(400, { error: { message: 'enough' } })
  })
  const price = { input: '10', output: '50' }
  gateway = createGateway({
    store: 'memory:',
    logger: { info() {}, warn() {}, error() {} },
    providers: {
      anthropic: { apiKey: 'sk-ant', baseUrl: `${upstream.url}/v1` },
      bedrock: { apiKey: 'key', baseUrl: upstream.url, models: { [bedrocks]: { price } } },
    },
  })
  await gateway.credits.grant({ account: 'acme', amount: '1000', reference: 'start' })
  token = (await gateway.keys.create({ account: 'acme' })).token
})
afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

const messages = [{ role: 'user', content: 'hi' }]

/** Dollars held for a stream of at most 20,000 output tokens, at $50 a million. */
async function holdOf(path: string, model: string, more: object = {}) {
  const body = JSON.stringify({ model, messages, max_tokens: 20_000, stream: true, ...more })
  const headers = { authorization: `Bearer ${token}` }
  const response = await gateway.fetch(
    new Request(`http://gateway${path}`, { method: 'POST', headers, body }),
  )
  expect(response.status).toBe(400)
  return held
}

test.each([
  ['/v1/messages', 'claude-fable-5'],
  ['/v1/chat/completions', 'claude-fable-5'],
  ['/v1/chat/completions', bedrocks],
])('what always thinks is held for in full, also where nobody asks it to: %s, %s', async (path, model) => {
  expect(await holdOf(path, model)).toBeGreaterThan(1)
})

test('what it is not asked to think, another model shows as it comes', async () => {
  expect(await holdOf('/v1/messages', 'claude-opus-4-6')).toBeLessThan(0.1)
})
