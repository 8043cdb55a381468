import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { packSeal, unsealed } from '../../packages/core/src/dialects/seal.ts'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json } from '../upstream/answer.ts'

const socketless = hosts.find(({ name }) => name === 'fetch') as (typeof hosts)[number]
let bench: Bench
beforeEach(async () => {
  bench = await startBench(socketless)
})
afterEach(() => bench.stop())

const thinking = (signature: string) => ({ type: 'thinking', thinking: 'hm', signature })
const call = { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } }
const conversation = (signature: string) => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 100,
  metadata: { user_id: 'u' },
  tools: [{ name: 'f', input_schema: { type: 'object' } }],
  messages: [
    { role: 'user', content: 'w?' },
    { role: 'assistant', content: [thinking(signature), call] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: '1' }] },
  ],
})

test('T09 reasoning that another provider sealed does not go to this one', async () => {
  const foreign = packSeal({ origin: 'openai', value: 'gAAA', id: 'rs_1' }, 'anthropic')
  const response = await bench.post('/v1/messages', conversation(foreign))
  expect(response.status).toBe(200)
  expect(response.headers.get('tollgate-warnings')).toContain('messages.1.content.0=dropped')
  const sent = bench.upstream.calls[0]?.json() as { messages: { content: unknown }[] }
  expect(sent).toMatchObject({ metadata: { user_id: 'u' }, tools: [{ name: 'f' }] })
  expect(sent.messages[1]?.content).toEqual([call])
  expect(JSON.stringify(sent)).not.toContain('tollgate-')
})

test('its own goes back byte for byte', async () => {
  const body = conversation('EqQBCg==')
  await bench.post('/v1/messages', body)
  expect(bench.upstream.calls[0]?.json()).toEqual(body)
})

test('T09 Responses of another provider lose what only that one can read', async () => {
  const foreign = packSeal({ origin: 'anthropic', value: 'EqQBCg==' }, 'openai')
  const input = [
    { role: 'user', content: 'hi' },
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: foreign },
    { role: 'user', content: 'go on' },
  ]
  await bench.post('/v1/responses', { model: 'gpt-5', store: false, input })
  const sent = bench.upstream.calls[0]?.json()
  expect(JSON.stringify(sent)).not.toMatch(/tollgate-|reasoning"/)
  expect(JSON.stringify(sent)).toContain('go on')
})

describe('a client of Chat Completions goes on elsewhere with what it got', () => {
  const weather = { name: 'weather', arguments: '{}' }
  const spoken = (more: object, call: object = {}) => [
    { role: 'user', content: 'hi' },
    {
      role: 'assistant',
      content: 'I look.',
      ...more,
      tool_calls: [{ id: 'c', type: 'function', function: weather, ...call }],
    },
    { role: 'tool', tool_call_id: 'c', content: 'sun' },
  ]
  const signed = { thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'EqQBCg==' }] }

  test.each([
    ['signed thinking', spoken(signed)],
    ['reasoning', spoken({ reasoning_content: 'hm' })],
    ['a signed call', spoken({}, { extra_content: { google: { thought_signature: 'c2ln' } } })],
  ])('OpenAI, which knows only its own members, is not sent %s', async (_name, messages) => {
    const answer = await bench.post('/v1/chat/completions', { model: 'gpt-4o', messages })
    expect(answer.status).toBe(200)
    expect(bench.upstream.calls[0]?.json().messages).toEqual(spoken({}))
  })

  test('a server that may know them is sent them as they are', async () => {
    const compatible = await startBench(socketless, (url) => ({
      providers: {
        local: { baseUrl: `${url}/v1`, models: { echo: { price: { input: '1', output: '1' } } } },
      },
    }))
    const messages = spoken({ ...signed, reasoning_content: 'hm' })
    await compatible.post('/v1/chat/completions', { model: 'local:echo', messages })
    expect(compatible.upstream.calls[0]?.json().messages).toEqual(messages)
    await compatible.stop()
  })

  test('who only writes about such members is sent byte for byte', async () => {
    const content = JSON.stringify({ ...signed, reasoning_content: 'hm', extra_content: {} })
    const body = `{"model": "gpt-4o",  "messages": [${JSON.stringify({ role: 'user', content })}]}`
    await bench.post('/v1/chat/completions', body)
    expect(bench.upstream.calls[0]?.body.toString()).toBe(body)
  })
})

test.each(['', ' '])(
  'thinking that nobody signed is not sent to Anthropic, JSON spaced by %j',
  async (space) => {
    const body = JSON.stringify(conversation('')).replace('"signature":', `"signature":${space}`)
    const response = await bench.post('/v1/messages', body)
    expect(response.headers.get('tollgate-warnings')).toContain('messages.1.content.0=dropped')
    const sent = bench.upstream.calls[0]?.json() as { messages: { content: unknown }[] }
    expect(sent.messages[1]?.content).toEqual([call])
  },
)

test('reasoning that nobody encrypted is not sent to OpenAI, which would look for it by its id', async () => {
  const answer = { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] }
  const input = [
    { role: 'user', content: 'hi' },
    { ...answer, encrypted_content: unsealed },
    { role: 'user', content: 'go on' },
  ]
  await bench.post('/v1/responses', { model: 'gpt-5', store: false, input })
  expect(JSON.stringify(bench.upstream.calls[0]?.json())).not.toMatch(/rs_1|tollgate/)
  const own = { model: 'gpt-5', store: true, input: [input[0], answer, input[2]] }
  expect((await bench.post('/v1/responses', own)).status).toBe(404)
  bench.upstream.respond(
    json(200, { id: 'resp_1', object: 'response', status: 'completed', output: [answer] }),
  )
  await bench.post('/v1/responses', { model: 'gpt-5', input: 'hi' })
  await bench.post('/v1/responses', own)
  expect(bench.upstream.calls[2]?.json()).toEqual(own)
})
