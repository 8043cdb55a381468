import { createGateway, type Gateway } from '@tollgate/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { json } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

let upstream: Upstream
let gateway: Gateway
let token: string

beforeEach(async () => {
  upstream = await startUpstream((call) => json(200, call.path.includes('/model/') ? converse : gemini))
  gateway = createGateway({
    store: 'memory:',
    secret: 'sixteen letters and more',
    providers: {
      google: { baseUrl: `${upstream.url}/v1beta` },
      vertex: { baseUrl: `${upstream.url}/v1/projects/p/locations/l` },
      bedrock: { baseUrl: upstream.url },
    },
  })
  await gateway.credits.grant({ account: 'acme', amount: '10', reference: 'start' })
  for (const provider of ['google', 'vertex', 'bedrock'])
    await gateway.providerKeys.create({ account: 'acme', provider, name: 'own', value: 'own-key' })
  token = (await gateway.keys.create({ account: 'acme' })).token
})
afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

const gemini = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hi.' }] }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7, totalTokenCount: 12 },
  totalTokens: 5,
}
const converse = {
  output: { message: { role: 'assistant', content: [{ text: 'Hi.' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 5, outputTokens: 7 },
}

function post(path: string, body: object): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` }
  return gateway.fetch(
    new Request(`http://gateway${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  )
}

const named = (model: string, verb: string) =>
  post(`/v1beta/models/${encodeURIComponent(model)}:${verb}`, { contents: [{ parts: [{ text: 'hi' }] }] })
const rest = '../../files?key=x&y#z'
const segment = '..%2F..%2Ffiles%3Fkey%3Dx%26y%23z'

test.each([
  ['google', 'generateContent', `/v1beta/models/${segment}:generateContent`],
  ['google', 'countTokens', `/v1beta/models/${segment}:countTokens`],
  ['bedrock', 'generateContent', `/model/${segment}/converse`],
])('a name never leaves its segment of the path: %s, %s', async (provider, verb, path) => {
  expect((await named(`${provider}:${rest}`, verb)).status).toBe(200)
  expect(upstream.calls.map((call) => call.path)).toEqual([path])
})

test.each(['gemini-', 'claude-'])('nor that of a publisher: %s', async (family) => {
  const messages = [{ role: 'user', content: 'hi' }]
  await post('/v1/messages', { model: `vertex:${family}..\\x?y`, max_tokens: 10, messages })
  const publisher = family === 'claude-' ? 'anthropic' : 'google'
  const verb = family === 'claude-' ? 'rawPredict' : 'generateContent'
  expect(upstream.calls[0]?.path).toBe(
    `/v1/projects/p/locations/l/publishers/${publisher}/models/${family}..%5Cx%3Fy:${verb}`,
  )
})

test('a name that is a way up is none', async () => {
  expect((await named('bedrock:..', 'generateContent')).status).toBe(400)
  expect(upstream.calls).toHaveLength(0)
})

test('a name that is no ASCII is sent, and answered', async () => {
  const response = await named('google:modèle-€', 'generateContent')
  expect(upstream.calls[0]?.path).toBe('/v1beta/models/mod%C3%A8le-%E2%82%AC:generateContent')
  expect(response.status).toBe(200)
  expect(response.headers.get('tollgate-model')).toBe('google:mod?le-?')
})
