import type { LedgerRow } from '@tollgate/core'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json, stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { recordedLines, recording } from '../upstream/wire.ts'

/** A provider that speaks Responses alone, for clients of Chat Completions. */
let bench: Bench
let provider: Upstream
beforeEach(async () => {
  provider = await startUpstream()
  bench = await startBench(hosts.find(({ name }) => name === 'node:http') as (typeof hosts)[number], {
    providers: {
      local: {
        apiKey: 'sk-local',
        baseUrl: `${provider.url}/v1`,
        dialects: ['openai-responses'],
        models: { glm: { price: { input: '1.00', output: '2.00' } } },
      },
    },
  })
})
afterEach(async () => {
  await bench.stop()
  await provider.close()
})

const client = () =>
  new OpenAI({ baseURL: `${bench.url}/v1`, apiKey: bench.token, fetch: bench.fetch, maxRetries: 0 })

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'weather',
      parameters: { type: 'object', properties: { location: { type: 'string' } } },
    },
  },
]
const request = { model: 'local:glm', messages: [{ role: 'user' as const, content: 'Weather?' }] }
/** 182 tokens in, 61 out at $1 and $2 a million, and 243 at the fee's $0.05. */
const charge = '0.000316150'
const tokens = { prompt_tokens: 182, completion_tokens: 61, total_tokens: 243 }
const file = 'open-responses/lmstudio-tool-call.1.chunks.txt'

describe('a client of Chat Completions at a provider of Responses', () => {
  test('streams text and calls, is told the usage and charged for it', async () => {
    provider.respond(stream(recording(file).events))
    const answer = client().chat.completions.stream({
      ...request,
      tools,
      stream_options: { include_usage: true },
    })
    const { choices, usage } = await answer.finalChatCompletion()
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: "I'll get the current weather information for San Francisco for you.",
        tool_calls: [{ function: { name: 'weather', arguments: '{"location":"San Francisco"}' } }],
      },
    })
    expect(usage).toMatchObject(tokens)
    expect(provider.calls[0]).toMatchObject({ method: 'POST', path: '/v1/responses' })
    expect(provider.calls[0]?.json()).toMatchObject({
      model: 'glm',
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] }],
      tools: [{ type: 'function', name: 'weather', strict: false }],
      store: false,
      stream: true,
    })
    expect(await bench.charges(1)).toEqual([charge])
  })

  test('is answered in JSON', async () => {
    const { response } = JSON.parse(recordedLines(file).at(-1) ?? '')
    provider.respond(json(200, response))
    const { choices, usage } = await client().chat.completions.create({ ...request, tools })
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ type: 'function' }] },
    })
    expect(usage).toMatchObject(tokens)
    expect(await bench.charges(1)).toEqual([charge])
  })

  test.each([
    ['/v1/chat/completions', 'event'],
    ['/v1/chat/completions', 'whole'],
    ['/v1/responses', 'event'],
    ['/v1/responses', 'whole'],
  ] as const)(
    'T24 an error before the first output is a status, and is free: %s, by the %s',
    async (path, split) => {
      const { promise: gate, resolve } = Promise.withResolvers<void>()
      const held = split === 'event' ? { gate, gateAfter: 3 } : {}
      provider.respond(stream(recording('openai/openai-error.1.chunks.txt').events, { ...held, split }))
      const answer = await bench.post(path, { ...request, input: 'hi', stream: true })
      expect(answer.status).toBe(502)
      expect(await answer.json()).toMatchObject({ error: { code: 'upstream_quota_exhausted' } })
      resolve()
      const settled: LedgerRow[] = []
      for await (const row of bench.gateway.credits.ledger('acme')) if (row.op === 'settle') settled.push(row)
      expect(settled).toMatchObject([{ amount: '0.000000000', meta: { status: 'failed' } }])
    },
  )

  test('T25 a stream that breaks off is an error', async () => {
    provider.respond(stream(recording(file).events.slice(0, 60)))
    const answer = await bench.post('/v1/chat/completions', { ...request, stream: true })
    const wire = await answer.text()
    expect(wire).toContain('upstream_stream_truncated')
    expect(wire).not.toContain('[DONE]')
  })
})
