import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json, stream } from '../upstream/answer.ts'
import { recording } from '../upstream/wire.ts'

const socketless = hosts.find(({ name }) => name === 'fetch') as (typeof hosts)[number]
let bench: Bench
let client: OpenAI

beforeEach(async () => {
  bench = await startBench(socketless)
  client = new OpenAI({ baseURL: `${bench.url}/v1`, apiKey: bench.token, fetch: bench.fetch, maxRetries: 0 })
})
afterEach(() => bench.stop())

describe('Completions of a model that has them', () => {
  const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }
  const choice = { text: ' world', index: 0, logprobs: null, finish_reason: 'stop' }
  const whole = {
    id: 'cmpl-1',
    object: 'text_completion',
    created: 1,
    model: 'tools',
    choices: [choice],
    usage,
  }

  test('pass as they are and are charged', async () => {
    bench.upstream.respond(json(200, whole))
    const answer = await client.completions.create({ model: 'openai:tools', prompt: 'hello', max_tokens: 9 })
    expect(answer).toMatchObject(whole)
    const [call] = bench.upstream.calls
    expect(call?.path).toBe('/v1/completions')
    expect(call?.json()).toEqual({ model: 'tools', prompt: 'hello', max_tokens: 9 })
    // 5 in at $1 a million, 7 out at $2, and the fee of $0.05.
    expect(await bench.charges(1)).toEqual(['0.000019600'])
  })

  test('stream, and the usage that the gateway asked for is not shown', async () => {
    const piece = { ...whole, usage: undefined }
    const events = [piece, { ...whole, choices: [] }].map((event) => `data: ${JSON.stringify(event)}\n\n`)
    bench.upstream.respond(stream([...events, 'data: [DONE]\n\n']))
    let text = ''
    for await (const { choices, usage: shown } of await client.completions.create({
      model: 'openai:tools',
      prompt: 'hello',
      stream: true,
    })) {
      text += choices[0]?.text
      expect(shown ?? null).toBeNull()
    }
    expect(text).toBe(' world')
    expect(await bench.charges(1)).toEqual(['0.000019600'])
  })

  test('are held for every prompt and for every answer of which one is the best', async () => {
    const held = async (more: object) => {
      const gate = Promise.withResolvers<void>()
      bench.upstream.respond(async () => {
        await gate.promise
        return json(200, whole)
      })
      const answer = client.completions.create({
        model: 'openai:tools',
        prompt: 'a',
        max_tokens: 100,
        ...more,
      })
      await expect
        .poll(async () => (await bench.gateway.credits.balance('acme')).held)
        .not.toBe('0.000000000')
      const { held: amount } = await bench.gateway.credits.balance('acme')
      gate.resolve()
      await answer
      await bench.charges(1)
      return Number(amount)
    }
    const single = await held({})
    expect(await held({ prompt: ['a', 'b'], best_of: 5, n: 2 })).toBeGreaterThan(single + 900 * 2e-6)
  })
})

describe('Completions of a model that only chats', () => {
  test('are its answer to the prompt', async () => {
    bench.upstream.respond(
      json(200, {
        type: 'message',
        id: 'msg_1',
        model: 'claude-sonnet-4-6',
        content: [{ type: 'text', text: 'Hello!' }],
        stop_reason: 'max_tokens',
        usage: { input_tokens: 5, output_tokens: 7 },
      }),
    )
    const answer = await client.completions.create({ model: 'claude-sonnet-4-6', prompt: ['hi'], stop: 'x' })
    expect(answer).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Hello!', finish_reason: 'length' }],
      usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    })
    expect(bench.upstream.calls[0]?.json()).toEqual({
      model: 'claude-sonnet-4-6',
      max_tokens: 16,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      stop_sequences: ['x'],
    })
  })

  test('stream', async () => {
    bench.upstream.respond(stream(recording('anthropic/anthropic-text.chunks.txt').events))
    let text = ''
    let last: OpenAI.Completion | undefined
    for await (const chunk of await client.completions.create({
      model: 'claude-sonnet-4-6',
      prompt: 'hi',
      stream: true,
      stream_options: { include_usage: true },
    })) {
      text += chunk.choices[0]?.text ?? ''
      last = chunk
    }
    expect(text).toHaveLength(108)
    expect(last?.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 30 })
  })

  test.each([
    [{ prompt: ['a', 'b'] }, 'prompt'],
    [{ prompt: [1, 2] }, 'prompt'],
    [{ prompt: 'a', suffix: 'z' }, 'suffix'],
    [{ prompt: 'a', best_of: 2 }, 'best_of'],
    [{ prompt: 'a', echo: true }, 'echo'],
    [{ prompt: 'a', n: 2 }, 'n'],
    [{}, 'prompt'],
  ])('are refused where a chat cannot do it: %j', async (body, param) => {
    const call = client.completions.create({ model: 'claude-sonnet-4-6', prompt: null, ...body })
    await expect(call).rejects.toMatchObject({ status: 400, param })
    expect(bench.upstream.calls).toHaveLength(0)
  })
})
