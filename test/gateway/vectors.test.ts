import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json, stream } from '../upstream/answer.ts'
import { recording } from '../upstream/wire.ts'

const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]
let bench: Bench
beforeEach(async () => {
  bench = await startBench(express)
})
afterEach(() => bench.stop())

const messages = [{ role: 'user', content: 'hi' }]
const usageOf = async () => {
  await bench.charges(1)
  for await (const { op, meta } of bench.gateway.credits.ledger('acme')) if (op === 'settle') return meta
}

describe('T20 usage that the client did not ask for', () => {
  const { events } = recording('openai/openai-text.chunks.txt')
  const ask = async (more: object = {}) => {
    bench.upstream.respond(stream(events))
    const body = JSON.stringify({ model: 'gpt-4.1-nano', stream: true, ...more, messages })
    const text = await (await bench.post('/v1/chat/completions', body)).text()
    return { text, sent: bench.upstream.calls[0]?.body.toString() ?? '', body }
  }

  test.each([{}, { stream_options: { include_usage: false } }])(
    'is asked for, charged and not shown: %j',
    async (more) => {
      const { text, sent, body } = await ask(more)
      expect(text).not.toContain('"usage"')
      expect(text).not.toContain('"choices":[]')
      expect(text).toContain('[DONE]')
      const wanted = '"stream_options":{"include_usage":true}'
      expect(sent).toContain(wanted)
      const { stream_options: _, ...rest } = JSON.parse(sent)
      const { stream_options: __, ...own } = JSON.parse(body)
      expect(rest).toEqual(own)
      expect(await usageOf()).toMatchObject({ usage: { text_in: 16, text_out: 300 } })
    },
  )

  test('passes byte for byte where the client asks for it', async () => {
    const { text, sent, body } = await ask({ stream_options: { include_usage: true } })
    expect(text).toBe(events.join(''))
    expect(sent).toBe(body)
    expect(await usageOf()).toMatchObject({ usage: { text_in: 16, text_out: 300 } })
  })
})

test.each([
  ['/v1/chat/completions', 'gpt-4o', 'openai/openai-text.chunks.txt'],
  ['/v1/messages', 'gpt-4o', 'openai/openai-text.chunks.txt'],
  ['/v1/responses', 'claude-sonnet-4-6', 'anthropic/anthropic-text.chunks.txt'],
])(
  'T26 a client of %s that leaves pays what it was sent, and its provider is let go',
  async (path, model, file) => {
    bench.upstream.respond(stream(recording(file).events.slice(0, 6), { stallAfter: 6 }))
    const leaving = new AbortController()
    const body = { model, stream: true, max_tokens: 500, messages, input: 'hi' }
    if (path !== '/v1/responses') Reflect.deleteProperty(body, 'input')
    const response = await bench.post(path, body, { signal: leaving.signal })
    const reader = response.body?.getReader()
    let seen = ''
    while (!/"(content|text|delta)":"[^"]+"/.test(seen)) {
      const { value, done } = (await reader?.read()) ?? { done: true }
      if (done) break
      seen += Buffer.from(value as Uint8Array).toString()
    }
    leaving.abort()
    await bench.upstream.calls[0]?.closed
    expect(bench.upstream.calls[0]?.aborted).toBe(true)
    const meta = await usageOf()
    expect(meta).toMatchObject({ status: 'aborted' })
    const { text_out } = (meta?.usage ?? { text_out: 0 }) as { text_out: number }
    expect(text_out).toBeGreaterThan(1)
    expect(await bench.gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000' })
  },
)

test('T40 one list of models serves the clients of OpenAI and of Anthropic', async () => {
  const headers = { 'x-api-key': bench.token }
  const list = await bench.fetch(`${bench.url}/v1/models`, { headers })
  const body = (await list.json()) as { data: Record<string, unknown>[]; first_id: string; has_more: boolean }
  expect(body).toMatchObject({ object: 'list', has_more: false, first_id: body.data[0]?.id })
  expect(body.data.map(({ id }) => id)).toEqual(expect.arrayContaining(['gpt-4o', 'claude-sonnet-4-6']))
  for (const model of body.data)
    expect(model).toMatchObject({
      object: 'model',
      type: 'model',
      created: expect.any(Number),
      created_at: expect.any(String),
      display_name: expect.any(String),
      owned_by: expect.any(String),
    })
})

describe('T41 vectors come in the format that was asked for', () => {
  const floats = [1, -0.5, 0.25]
  const base64 = Buffer.from(new Float32Array(floats).buffer).toString('base64')
  const answerWith = (embedding: unknown) =>
    json(200, {
      object: 'list',
      model: 'text-embedding-3-small',
      data: [{ object: 'embedding', index: 0, embedding }],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    })
  const ask = async (encoding_format?: 'float' | 'base64') => {
    const client = new OpenAI({ baseURL: `${bench.url}/v1`, apiKey: bench.token })
    const model = 'text-embedding-3-small'
    const format = encoding_format && { encoding_format }
    return (await client.embeddings.create({ model, input: 'hi', ...format })).data[0]?.embedding as unknown
  }

  test.each([
    ['a list', floats],
    ['Base64', base64],
  ])('whatever the provider sends: %s', async (_, sent) => {
    bench.upstream.respond(answerWith(sent))
    expect(await ask('float')).toEqual(floats)
    expect(await ask('base64')).toBe(base64)
    // The client decodes what it asked for by itself.
    expect(Array.from((await ask()) as number[])).toEqual(floats)
    expect(await bench.charges(3)).toHaveLength(3)
  })
})
