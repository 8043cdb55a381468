import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'

const socketless = hosts.find(({ name }) => name === 'fetch') as (typeof hosts)[number]
const messages = [{ role: 'user', content: 'hi' }]

describe('model names', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await startBench(socketless)
  })
  afterAll(() => bench.stop())
  beforeEach(() => {
    bench.upstream.calls.length = 0
  })

  const call = async (model: unknown) => {
    const response = await bench.post('/v1/chat/completions', { model, messages, max_tokens: 16 })
    return {
      status: response.status,
      text: await response.text(),
      used: response.headers.get('tollgate-model'),
    }
  }

  test.each([
    ['gpt-4o', 'openai:gpt-4o'],
    ['GPT-4o', 'openai:gpt-4o'],
    ['openai:gpt-4o', 'openai:gpt-4o'],
    ['openai:GPT-4O', 'openai:gpt-4o'],
    ['openai/gpt-4o', 'openai:gpt-4o'],
    ['claude-sonnet-4-6', 'anthropic:claude-sonnet-4-6'],
    ['anthropic:claude-sonnet-4-6', 'anthropic:claude-sonnet-4-6'],
  ])('%s calls %s', async (model, used) => {
    expect(await call(model)).toMatchObject({ status: 200, used })
    expect(bench.upstream.calls[0]?.json().model).toBe(used.split(':')[1])
  })

  test.each([
    ['gpt-4oo', /gpt-4o/],
    ['claude-sonet-4-6', /claude-sonnet-4-6/],
    ['openai:gpt-4oo', /model_not_priced|gpt-4o/],
    ['OpenAI:gpt-4o', /openai/],
    ['opena:gpt-4o', /openai/],
    ['gemini-pro', /gemini-pro/],
    ['gpt', /gpt/],
    [' ', /model/],
  ])('%s is refused and the message helps', async (model, hint) => {
    const { status, text } = await call(model)
    expect([403, 404]).toContain(status)
    expect(JSON.parse(text).error.message).toMatch(hint)
    expect(bench.upstream.calls).toHaveLength(0)
  })

  test.each(['', 5, null, {}, 'x'.repeat(1000)])('%j is no name', async (model) => {
    const { status, text } = await call(model)
    expect(status).toBe(400)
    expect(JSON.parse(text).error.param).toBe('model')
  })

  test('the list shows prices, limits and modalities, and every listed chat model resolves', async () => {
    const response = await bench.fetch(`${bench.url}/v1/models`, {
      headers: { authorization: `Bearer ${bench.token}` },
    })
    const { data } = (await response.json()) as { data: { id: string }[] }
    expect(data.find(({ id }) => id === 'gpt-4o')).toMatchObject({
      object: 'model',
      type: 'model',
      context_window: 128_000,
    })
    for (const { id } of data) {
      const one = await bench.fetch(`${bench.url}/v1/models/${encodeURIComponent(id)}`, {
        headers: { authorization: `Bearer ${bench.token}` },
      })
      expect(one.status).toBe(200)
      expect(((await one.json()) as { id: string }).id).toBe(id)
    }
  })
})
