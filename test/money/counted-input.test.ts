import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { type Answer, hang, json } from '../upstream/answer.ts'
import type { RecordedCall } from '../upstream/upstream.ts'

const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]
const nothingHeld = { held: '0.000000000' }

/** 400,000 bytes, which are 100,000 tokens. */
const words = 'toll '.repeat(80_000)
const claude = { model: 'claude-sonnet-4-6', max_tokens: 16, messages: [{ role: 'user', content: words }] }
const answered = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-6',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 100_000, output_tokens: 5 },
}
/** At $3 and $15 a million, and the fee of $0.05 on all of them. */
const cost = '0.305075250'

let bench: Bench
let countAnswer: Answer
let callAnswer: Answer
const isCount = ({ path }: RecordedCall) => /count_tokens|input_tokens|countTokens/.test(path)
beforeEach(async () => {
  bench = await startBench(express)
  countAnswer = json(200, { input_tokens: 100_000 })
  callAnswer = json(200, answered)
  bench.upstream.respond((call) => (isCount(call) ? countAnswer : callAnswer))
})
afterEach(() => bench.stop())

const asked = () => bench.upstream.calls.map(({ path }) => path)

async function accountWith(amount: string, limits?: object) {
  await bench.gateway.credits.grant({ account: 'poor', amount, reference: 'start' })
  const { token } = await bench.gateway.keys.create({ account: 'poor', ...(limits && { limits }) })
  const balance = () => bench.gateway.credits.balance('poor')
  const post = async (
    body: object,
    { path = '/v1/messages', signal }: { path?: string; signal?: AbortSignal } = {},
  ) => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await bench.post(path, body, { headers, ...(signal && { signal }) })
    return { status: response.status, text: await response.text() }
  }
  return { post, balance }
}

describe('an input that is shorter than its bytes', () => {
  test('is counted by its provider where the balance does not cover its bytes', async () => {
    const { post, balance } = await accountWith('0.60')
    expect((await post(claude)).status).toBe(200)
    expect(asked()).toEqual(['/v1/messages/count_tokens', '/v1/messages'])
    expect(bench.upstream.calls[0]?.json()).not.toHaveProperty('max_tokens')
    await expect.poll(balance).toMatchObject({ spent: cost, ...nothingHeld })
  })

  test('is not asked about where the balance covers its bytes', async () => {
    const { post } = await accountWith('10.00')
    expect((await post(claude)).status).toBe(200)
    expect(asked()).toEqual(['/v1/messages'])
  })

  test('is refused where its tokens cost too much as well, and nothing stays held', async () => {
    const { post, balance } = await accountWith('0.30')
    expect((await post(claude)).status).toBe(402)
    expect(asked()).toEqual(['/v1/messages/count_tokens'])
    expect(await balance()).toMatchObject({ spent: '0.000000000', ...nothingHeld })
  })

  test.each([
    ['fails', json(500, { error: { message: 'no' } })],
    ['says nothing', json(200, { tokens: 'many' })],
    ['says that it is nothing', json(200, { input_tokens: 0 })],
    ['says more than its bytes', json(200, { input_tokens: 9_000_000 })],
  ])('is bounded by its bytes where the count %s', async (_, answer) => {
    countAnswer = answer
    const { post, balance } = await accountWith('0.60')
    expect((await post(claude)).status).toBe(402)
    expect(asked()).toEqual(['/v1/messages/count_tokens'])
    expect(await balance()).toMatchObject(nothingHeld)
  })

  test('is not asked about where it is short anyway', async () => {
    const { post } = await accountWith('0.0001')
    expect((await post({ ...claude, messages: [{ role: 'user', content: 'hi' }] })).status).toBe(402)
    expect(asked()).toEqual([])
  })

  test('keeps the answer as long as was asked for, where a part of the hold would have cut it', async () => {
    callAnswer = json(200, {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-4o',
      choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 20_000, completion_tokens: 5, total_tokens: 20_005 },
    })
    const body = {
      model: 'gpt-4o',
      max_tokens: 4000,
      messages: [{ role: 'user', content: words.slice(0, 80_000) }],
    }
    const path = '/v1/chat/completions'
    const { post, balance } = await accountWith('0.24')
    countAnswer = json(500, {})
    expect((await post(body, { path })).status).toBe(200)
    expect(bench.upstream.calls.at(-1)?.json().max_tokens).toBeLessThan(4000)
    await expect.poll(balance).toMatchObject(nothingHeld)
    const { spent } = await balance()
    await bench.gateway.credits.grant({ account: 'poor', amount: spent, reference: 'again' })
    countAnswer = json(200, { object: 'response.input_tokens', input_tokens: 20_000 })
    expect((await post(body, { path })).status).toBe(200)
    expect(asked().slice(2)).toEqual(['/v1/responses/input_tokens', path])
    expect(bench.upstream.calls.at(-1)?.json().max_tokens).toBe(4000)
    // Twice 20,000 at $2.50 and 5 at $10.00 a million, and the fee of $0.05.
    await expect.poll(balance).toMatchObject({ spent: '0.102100500', ...nothingHeld })
  })

  test('is not counted without something that is billed and that the question cannot say', async () => {
    // Sound of an earlier answer, which Responses cannot name.
    const said = { role: 'assistant', content: null, audio: { id: 'audio_1' } }
    const messages = [claude.messages[0], said, { role: 'user', content: 'Again?' }]
    const body = { model: 'gpt-4o', max_tokens: 8, messages }
    const { post } = await accountWith('0.001')
    expect((await post(body, { path: '/v1/chat/completions' })).status).toBe(402)
    expect(asked()).toEqual([])
  })

  test('is not counted without the names of who said it, which are billed and have no place in the question', async () => {
    const messages = Array.from({ length: 2000 }, (_, at) => ({
      role: 'user',
      name: `n${at}_ÿ`.repeat(4),
      content: '',
    }))
    const body = { model: 'gpt-4o', max_tokens: 8, messages }
    const { post } = await accountWith('0.05')
    countAnswer = json(200, { object: 'response.input_tokens', input_tokens: 4000 })
    expect((await post(body, { path: '/v1/chat/completions' })).status).toBe(402)
    expect(asked()).toEqual([])
  })

  test('is not counted without servers of tools, whose tools are told to the model', async () => {
    const body = {
      ...claude,
      mcp_servers: [{ type: 'url', url: 'https://tools.example/mcp', name: 'tools' }],
    }
    const { post } = await accountWith('0.60')
    expect((await post(body)).status).toBe(402)
    expect(asked()).toEqual([])
  })

  test.each([
    ['tokens a minute', { tpm: 150_000 }, 200],
    ['tokens a minute that it does exceed', { tpm: 90_000 }, 429],
    ['spending', { spend: [{ limit: '0.50', window: 'day' }] }, 200],
    ['spending that it does exceed', { spend: [{ limit: '0.10', window: 'day' }] }, 402],
  ])('is counted under a limit on %s', async (_, limits, status) => {
    const { post, balance } = await accountWith('10.00', limits)
    const outcome = await post(claude)
    expect([outcome.status, asked()[0]]).toEqual([
      status === 402 ? outcome.status : status,
      '/v1/messages/count_tokens',
    ])
    expect(asked()).toHaveLength(status === 200 ? 2 : 1)
    await expect.poll(balance).toMatchObject({ spent: status === 200 ? cost : '0.000000000', ...nothingHeld })
  })

  test('is no reason to ask for a call that a limit on requests refuses', async () => {
    const { post } = await accountWith('10.00', { rpm: 1 })
    await post({ ...claude, messages: [{ role: 'user', content: 'hi' }] })
    expect((await post(claude)).status).toBe(429)
    expect(asked()).toEqual(['/v1/messages'])
  })

  test('is not asked about where the balance would not cover any input', async () => {
    const { post } = await accountWith('0.0001')
    expect((await post(claude)).status).toBe(402)
    expect(asked()).toEqual([])
  })

  test('is asked about of nobody else once the client has left', async () => {
    const { post, balance } = await accountWith('0.30')
    countAnswer = json(200, { input_tokens: 100_000 }, { delayMs: 300 })
    const control = new AbortController()
    const models = ['claude-sonnet-4-6', 'claude-sonnet-4-5', 'claude-opus-4-6']
    const outcome = post({ ...claude, models }, { signal: control.signal }).catch(() => undefined)
    await expect.poll(asked).toHaveLength(1)
    control.abort()
    await outcome
    await sleep(1000)
    expect(asked()).toHaveLength(1)
    expect(await balance()).toMatchObject({ spent: '0.000000000', ...nothingHeld })
  })

  test('is asked about four times at once at most for one account', async () => {
    countAnswer = hang
    const { post, balance } = await accountWith('0.60')
    const control = new AbortController()
    const outcomes = Array.from({ length: 10 }, () =>
      post(claude, { signal: control.signal }).catch(() => undefined),
    )
    const settled: unknown[] = []
    for (const outcome of outcomes) void outcome.then((one) => settled.push(one?.status))
    await expect.poll(() => settled).toEqual(Array.from({ length: 6 }, () => 402))
    expect(asked()).toEqual(Array.from({ length: 4 }, () => '/v1/messages/count_tokens'))
    control.abort()
    await Promise.all(outcomes)
    bench.upstream.drop()
    await expect.poll(balance).toMatchObject({ spent: '0.000000000', ...nothingHeld })
  })
})
