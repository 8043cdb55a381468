import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { collectChat } from '../translation/messages-to-chat.ts'
import { stream } from '../upstream/answer.ts'
import { recording } from '../upstream/wire.ts'

const socketless = hosts.find(({ name }) => name === 'fetch') as (typeof hosts)[number]
let bench: Bench
beforeEach(async () => {
  bench = await startBench(socketless)
})
afterEach(() => bench.stop())

const body = {
  input: [{ role: 'user', content: 'hi' }],
  stream: true,
  include: ['reasoning.encrypted_content'],
  reasoning: { effort: 'low' },
  text: { verbosity: 'low' },
  stream_options: { include_usage: true },
}

test('T27 a body of Responses on the path of Chat Completions is answered as Chat Completions', async () => {
  bench.upstream.respond(stream(recording('openai/github-copilot-id-rotation.1.chunks.txt').events))
  const response = await bench.post('/v1/chat/completions', { ...body, model: 'gpt-5' })
  expect(response.status).toBe(200)
  const answer = collectChat(await response.text())
  expect(answer).toMatchObject({ done: true, finishReasons: ['stop'] })
  expect(answer.content.length).toBeGreaterThan(0)
  expect(answer.usage).toMatchObject({ prompt_tokens: 19, completion_tokens: 105, total_tokens: 124 })
  const [call] = bench.upstream.calls
  expect(call?.path).toBe('/v1/responses')
  expect(call?.json()).toMatchObject({
    model: 'gpt-5',
    stream: true,
    reasoning: { effort: 'low' },
    text: { verbosity: 'low' },
  })
  expect(call?.json()).not.toHaveProperty('stream_options')
  expect(call?.json()).not.toHaveProperty('messages')
  await bench.charges(1)
  for await (const { op, meta } of bench.gateway.credits.ledger('acme'))
    if (op === 'settle')
      expect(meta).toMatchObject({
        usage: { text_in: 19, text_out: 105 },
        clientDialect: 'openai-chat',
        upstreamDialect: 'openai-responses',
      })
})

test('T27 and reaches models of other dialects', async () => {
  bench.upstream.respond(stream(recording('anthropic/anthropic-text.chunks.txt').events))
  const response = await bench.post('/v1/chat/completions', { ...body, model: 'claude-sonnet-4-6' })
  const answer = collectChat(await response.text())
  expect(answer).toMatchObject({ done: true, usage: { prompt_tokens: 12, completion_tokens: 30 } })
  expect(answer.content).toHaveLength(108)
  expect(bench.upstream.calls[0]?.json()).toMatchObject({
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  })
})
