import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { json } from '../upstream/answer.ts'
import { providerLike } from '../upstream/provider-like.ts'
import { startClaudeCode } from './claude-code-client.ts'
import { type SessionBench, startSessions } from './session-bench.ts'

let bench: SessionBench
beforeAll(async () => {
  bench = await startSessions()
})
afterAll(() => bench.stop())
beforeEach(async () => {
  await bench.begin()
  bench.upstream.respond(providerLike)
})
const start = () =>
  startClaudeCode({ url: bench.url, token: bench.token, model: 'anthropic:claude-sonnet-4-5' })

test('its first look, at the smallest model and for one token, is a call like any other', async () => {
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5',
    content: [{ type: 'text', text: 'Q' }],
    stop_reason: 'max_tokens',
    stop_sequence: null,
    usage: { input_tokens: 8, output_tokens: 1 },
  }
  bench.upstream.respond(json(200, message))
  const { client } = start()
  const answer = await client.messages.create({
    model: 'claude-haiku-4-5',
    max_tokens: 1,
    messages: [{ role: 'user', content: 'quota' }],
    metadata: { user_id: 'user_1' },
  })
  expect(answer).toMatchObject(message)
  // Eight tokens at $1 a million, one at $5, and nine at the fee's $0.05.
  expect(await bench.events('acme', 1)).toMatchObject([{ charged: '0.000013450' }])
})

test('the title of a session, by the smallest model, is charged by its own price', async () => {
  const { client } = start()
  const title = client.messages.stream({
    model: 'claude-haiku-4-5-20251001',
    max_tokens: 32_000,
    system: [{ type: 'text', text: 'Write a title.' }],
    messages: [{ role: 'user', content: 'hello big world' }],
    tools: [],
    metadata: { user_id: 'user_1' },
  })
  const { usage } = await title.finalMessage()
  const [event] = await bench.events('acme', 1)
  const { input_tokens: input, output_tokens: output } = usage
  expect(event).toMatchObject({
    model: 'claude-haiku-4-5-20251001',
    inputTokens: input,
    outputTokens: output,
  })
  expect(event?.charged).toBe(((input * 1050 + output * 5050) / 1e9).toFixed(9))
})

test('how long its prompt is costs nothing', async () => {
  bench.upstream.respond(json(200, { input_tokens: 7777 }))
  const session = start()
  session.say('Mend it.')
  const { max_tokens: _limit, metadata: _user, ...request } = session.request()
  expect(await session.client.messages.countTokens(request)).toEqual({ input_tokens: 7777 })
  const [call] = bench.upstream.calls
  expect(call?.path).toBe('/v1/messages/count_tokens?beta=true')
  expect(call?.headers['anthropic-beta']).toContain('context-management-2025-06-27')
  expect(call?.json()).toMatchObject({ system: [{}, {}, { cache_control: { ttl: '1h' } }], thinking: {} })
  expect(await bench.events('acme', 0)).toEqual([])
})

test('the models that it finds are the ones that the key may call', async () => {
  const headers = { authorization: `Bearer ${bench.token}`, 'anthropic-version': '2023-06-01' }
  const response = await bench.fetch(`${bench.url}/v1/models?limit=1000`, { headers })
  const { data } = (await response.json()) as { data: { id: string; display_name: string }[] }
  const claude = data.filter(({ id }) => id.startsWith('claude'))
  expect(claude.map(({ id }) => id)).toContain('claude-sonnet-4-5')
  for (const { display_name } of claude) expect(display_name).not.toBe('')
  expect(bench.upstream.calls).toEqual([])
})

test('whether the address is there at all is the host’s to say', async () => {
  const response = await bench.fetch(bench.url, { method: 'HEAD' })
  expect([response.status, bench.upstream.calls.length]).toEqual([404, 0])
})
