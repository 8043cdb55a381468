import { afterEach, beforeEach, expect, test } from 'vitest'
import { packSeal } from '../../packages/core/src/dialects/seal.ts'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'

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
