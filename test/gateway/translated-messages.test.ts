import Anthropic from '@anthropic-ai/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json, stream } from '../upstream/answer.ts'
import { recording } from '../upstream/wire.ts'

const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]
const { events } = recording('openai/openai-text.chunks.txt')
const request = {
  model: 'openai:tools',
  max_tokens: 100,
  system: 'Be brief.',
  messages: [{ role: 'user' as const, content: 'Hello' }],
}
const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'tools',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
}

let bench: Bench
let messages: Anthropic['messages']

beforeEach(async () => {
  bench = await startBench(express)
  messages = new Anthropic({ baseURL: bench.url, apiKey: bench.token, maxRetries: 0 }).messages
})

afterEach(() => bench.stop())

describe('a client of the Messages API at a provider of Chat Completions', () => {
  test('gets a message, and is charged what the provider counted', async () => {
    bench.upstream.respond(json(200, completion))
    expect(await messages.create(request)).toMatchObject({
      id: 'msg_chatcmpl-1',
      type: 'message',
      content: [{ type: 'text', text: 'Hi.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 10, output_tokens: 5 },
    })
    const [call] = bench.upstream.calls
    expect(call?.path).toBe('/v1/chat/completions')
    expect(call?.json()).toMatchObject({
      model: 'tools',
      messages: [{ content: 'Be brief.' }, { role: 'user', content: 'Hello' }],
    })
    // 10 in at $1 a million, 5 out at $2, and the fee of $0.05 on all 15.
    expect(await bench.charges(1)).toEqual(['0.000020750'])
  })

  test('gets a stream', async () => {
    bench.upstream.respond(stream(events))
    const message = await messages.stream(request).finalMessage()
    expect(message).toMatchObject({
      stop_reason: 'end_turn',
      usage: { input_tokens: 16, output_tokens: 300 },
    })
    expect(message.content).toMatchObject([{ type: 'text', text: expect.stringContaining('Harmony Day') }])
  })

  test('T25 hears of a stream that broke off', async () => {
    bench.upstream.respond(stream(events, { cutAfter: 20 }))
    await expect(messages.stream(request).finalMessage()).rejects.toMatchObject({ type: 'api_error' })
  })

  test('and of what is left out, or wrong, by its own names', async () => {
    bench.upstream.respond(json(200, completion))
    const { response } = await messages.create({ ...request, top_k: 5 } as never).withResponse()
    expect(response.headers.get('tollgate-warnings')).toContain('top_k')
    const wrong = { ...request, messages: [{ role: 'user' as const, content: [{ type: 'text' }] }] }
    await expect(messages.create(wrong as never)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('messages.0.content.0.text'),
    })
  })
})

describe('a client of the Messages API at OpenAI', () => {
  const ended = {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    model: 'gpt-5',
    output: [
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
      {
        type: 'message',
        id: 'm',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hi.', annotations: [] }],
      },
    ],
    usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  }

  test('reaches what reasons by Responses, so that its reasoning comes back sealed and goes on', async () => {
    bench.upstream.respond(json(200, ended))
    const question = { ...request, model: 'gpt-5' }
    const { content } = await messages.create(question)
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'text'])
    const history = [...request.messages, { role: 'assistant' as const, content }, ...request.messages]
    await messages.create({ ...question, messages: history } as typeof question)
    const [first, second] = bench.upstream.calls
    expect(first?.path).toBe('/v1/responses')
    expect(first?.json()).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
    expect(second?.json().input).toContainEqual({
      type: 'reasoning',
      id: 'rs_1',
      summary: [],
      encrypted_content: 'gAAA',
    })
    await bench.charges(2)
  })

  test('reaches what does not by Chat Completions, which knows more of its settings', async () => {
    bench.upstream.respond(json(200, { ...completion, model: 'gpt-4o' }))
    await messages.create({ ...request, model: 'gpt-4o', stop_sequences: ['x'] })
    expect(bench.upstream.calls[0]?.path).toBe('/v1/chat/completions')
    expect(bench.upstream.calls[0]?.json()).toMatchObject({ stop: ['x'] })
    await bench.charges(1)
  })
})
