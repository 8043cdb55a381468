import { setTimeout as sleep } from 'node:timers/promises'
import type { UsageEvent } from '@tollgate/core'
import { afterEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json, stream } from '../upstream/answer.ts'
import { providerLike } from '../upstream/provider-like.ts'

const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello big world' }] }

let bench: Bench
afterEach(() => bench.stop())

const hostNamed = (wanted: string) => hosts.find(({ name }) => name === wanted) as (typeof hosts)[number]

async function read(path: string, token = bench.token) {
  const response = await bench.fetch(bench.url + path, { headers: { authorization: `Bearer ${token}` } })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as never as Body,
  }
}

interface Body extends Record<string, unknown> {
  readonly data: Record<string, unknown>[]
  readonly next_cursor: string
}

async function call(body: object = chat, token = bench.token): Promise<string> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await bench.post('/v1/chat/completions', body, { headers })
  await response.text()
  return response.headers.get('tollgate-request-id') ?? ''
}

describe.each(hosts.map((host) => [host.name, host] as const))('reports in %s', (_, host) => {
  test('tell an account what it has, what it used, and of each call', async () => {
    bench = await startBench(host)
    const first = await call()
    const second = await call({ ...chat, stream: true })
    await bench.charges(2)

    const credits = await read('/v1/credits')
    expect(credits.headers.get('cache-control')).toBe('no-store')
    const balance = await bench.gateway.credits.balance('acme')
    expect(credits.body).toEqual({
      object: 'credits',
      account: 'acme',
      currency: 'USD',
      ...balance,
      data: { total_credits: 100, total_usage: Number(balance.spent) },
    })

    const usage = await read('/v1/usage?limit=1')
    expect(usage.body).toMatchObject({
      object: 'list',
      has_more: true,
      data: [{ requestId: second, streaming: true, stopReason: 'stop', completion: 'succeeded' }],
    })
    const rest = await read(`/usage?limit=1&cursor=${usage.body.next_cursor}`)
    expect(rest.body).toMatchObject({ has_more: false, next_cursor: null, data: [{ requestId: first }] })

    const generation = await read(`/v1/generation?id=${first}`)
    expect(generation.body).toMatchObject({
      object: 'generation',
      id: first,
      model: 'gpt-4o',
      stopReason: 'stop',
      attemptCount: 1,
      attempts: [{ id: `${first}.1`, served: true }],
    })
    const { spent } = balance
    const sums = await read('/v1/usage?group_by=model,day')
    expect(sums.body.data).toMatchObject([{ model: 'openai:gpt-4o', requests: 2, errors: 0, charged: spent }])
  })
})

describe('a report', () => {
  test('is about the own account alone, and about all of its keys', async () => {
    bench = await startBench(hostNamed('fetch'))
    const { token: sibling } = await bench.gateway.keys.create({ account: 'acme' })
    const { token: stranger } = await bench.gateway.keys.create({ account: 'other' })
    const id = await call()
    await bench.charges(1)
    expect((await read('/v1/usage', sibling)).body.data).toMatchObject([{ requestId: id }])
    expect((await read(`/v1/generation?id=${id}`, sibling)).status).toBe(200)
    expect((await read('/v1/usage', stranger)).body.data).toEqual([])
    expect((await read('/v1/usage?account=acme', stranger)).body.data).toEqual([])
    expect(await read(`/v1/generation?id=${id}`, stranger)).toMatchObject({
      status: 404,
      body: { error: { message: `There is no call "${id}" that has ended.` } },
    })
    expect((await read('/v1/credits', stranger)).body).toMatchObject({
      account: 'other',
      available: '0.000000000',
    })
  })

  test('needs a key, and no credits', async () => {
    bench = await startBench(hostNamed('fetch'))
    const { token } = await bench.gateway.keys.create({ account: 'poor' })
    expect(
      (await bench.post('/v1/chat/completions', chat, { headers: { authorization: `Bearer ${token}` } }))
        .status,
    ).toBe(402)
    for (const path of ['/v1/usage', '/v1/credits', '/v1/usage?group_by=day'])
      expect([path, (await read(path, token)).status]).toEqual([path, 200])
    for (const path of ['/v1/usage', '/v1/credits', '/v1/generation?id=x'])
      expect([path, (await bench.fetch(bench.url + path)).status]).toEqual([path, 401])
  })

  test.each([
    ['/v1/usage?from=yesterday', 'from'],
    ['/v1/usage?to=1e99', 'to'],
    ['/v1/usage?limit=101', 'limit'],
    ['/v1/usage?limit=x', 'limit'],
    ['/v1/usage?cursor=1', 'cursor'],
    ['/v1/usage?status=great', 'status'],
    ['/v1/usage?include_retries=maybe', 'include_retries'],
    ['/v1/usage?group_by=color', 'group_by'],
    ['/v1/generation', 'id'],
  ])('that cannot be, %s, is refused by the name of the mistake', async (path, param) => {
    bench = await startBench(hostNamed('fetch'))
    const { status, body } = await read(path)
    expect([status, (body.error as { param: string }).param]).toEqual([400, param])
  })

  test('is by whatever was asked for', async () => {
    bench = await startBench(hostNamed('fetch'))
    await call()
    const claude = await call({ ...chat, model: 'claude-sonnet-4-6', max_tokens: 5 })
    await bench.charges(2)
    const found = async (query: string) =>
      (await read(`/v1/usage?${query}`)).body.data.map(({ requestId }) => requestId)
    expect(await found('provider=anthropic')).toEqual([claude])
    expect(await found('model=claude-sonnet-4-6')).toEqual([claude])
    expect(await found('status=failed')).toEqual([])
    expect(await found('tag=x')).toEqual([])
    expect(await found(`to=${new Date(Date.now() - 60_000).toISOString()}`)).toEqual([])
    expect(await found(`from=${Date.now() - 60_000}`)).toHaveLength(2)
    const { body } = await read('/v1/usage?group_by=access_key,provider')
    expect(body.data.map(({ provider, requests }) => [provider, requests]).sort()).toEqual([
      ['anthropic', 1],
      ['openai', 1],
    ])
  })

  test('has no other method', async () => {
    bench = await startBench(hostNamed('fetch'))
    expect((await bench.post('/v1/usage', {})).status).toBe(405)
  })
})

const usage = { prompt_tokens: 3, completion_tokens: 40, completion_tokens_details: { reasoning_tokens: 9 } }
const chunk = (delta: object, finish?: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, ...(finish && { finish_reason: finish }) }] })}\n\n`

describe('an event', () => {
  test('of a stream tells when it began to speak, why it stopped, and what was held', async () => {
    bench = await startBench(hostNamed('node:http'), { holds: { quantum: 8, margin: 4 } })
    const long = Array.from({ length: 60 }, (_, at) => chunk({ content: `word number ${at} of very many ` }))
    const last = `data: ${JSON.stringify({ choices: [], usage })}\n\n`
    const events = [...long, chunk({}, 'length'), last, 'data: [DONE]\n\n']
    bench.upstream.respond(() => stream(events, { gate: sleep(150) }))
    await call({ ...chat, stream: true })
    await bench.charges(1)
    const { body } = await read('/v1/usage')
    const [event] = body.data as {
      timeToFirstTokenMs: number
      durationMs: number
      held: string
      reserved: string
    }[]
    expect(event).toMatchObject({
      stopReason: 'length',
      reasoningTokens: 9,
      outputTokens: 40,
      inputTokens: 3,
    })
    expect(event?.timeToFirstTokenMs).toBeGreaterThanOrEqual(100)
    expect(event?.timeToFirstTokenMs).toBeLessThanOrEqual(event?.durationMs ?? 0)
    expect(Number(event?.held)).toBeGreaterThan(0)
    expect(Number(event?.reserved)).toBeGreaterThan(Number(event?.held))
  })

  test.each([
    ['/v1/messages', { model: 'claude-sonnet-4-6', max_tokens: 64, messages: chat.messages }, 'end_turn'],
    ['/v1/responses', { model: 'gpt-4o', input: 'hi' }, 'completed'],
    ['/v1/chat/completions', { model: 'claude-sonnet-4-6', messages: chat.messages }, 'end_turn'],
  ])('of %s has its provider’s own word for the end, streamed or not', async (path, body, reason) => {
    bench = await startBench(hostNamed('fetch'))
    for (const streams of [true, false]) await (await bench.post(path, { ...body, stream: streams })).text()
    await bench.charges(2)
    expect((await read('/v1/usage')).body.data.map(({ stopReason }) => stopReason)).toEqual([reason, reason])
  })

  test('of a large answer that is not read whole has what was read', async () => {
    bench = await startBench(hostNamed('fetch'))
    const content = [{ type: 'text', text: 'x'.repeat(100_000) }]
    const answer = {
      type: 'message',
      model: 'm',
      content,
      stop_reason: 'max_tokens',
      usage: { input_tokens: 1, output_tokens: 2 },
    }
    bench.upstream.respond(json(200, answer))
    await (
      await bench.post('/v1/messages', { model: 'claude-sonnet-4-6', max_tokens: 9, messages: chat.messages })
    ).text()
    await bench.charges(1)
    expect((await read('/v1/usage')).body.data).toMatchObject([{ stopReason: 'max_tokens', outputTokens: 2 }])
  })

  test('is there for each attempt of a call that went on to another model, or came to nothing', async () => {
    const told: UsageEvent[] = []
    bench = await startBench(hostNamed('fetch'), { onUsage: (event) => told.push(event) })
    const broken = json(500, { error: { message: 'broken' } })
    bench.upstream.respond((request) => (/chat/.test(request.path) ? broken : providerLike(request)))
    const models = ['gpt-4o', 'claude-sonnet-4-6']
    const served = await call({ ...chat, model: undefined, models, max_tokens: 9 })
    const failed = await call()
    await bench.charges(2)
    const seen = told.map(({ requestId, provider, completion, isFinalAttempt }) => [
      requestId,
      provider,
      completion,
      isFinalAttempt,
    ])
    expect(seen).toEqual([
      [served, 'openai', 'failed', false],
      [served, 'anthropic', 'succeeded', true],
      [failed, 'openai', 'failed', true],
    ])
    expect(told.map(({ charged }) => Number(charged) > 0)).toEqual([false, true, false])
    expect(told[2]).toMatchObject({
      statusCode: 500,
      errorCode: expect.stringMatching(/^upstream_/),
      status: 'failed',
    })
    expect((await read('/v1/usage')).body.data).toEqual(JSON.parse(JSON.stringify([told[2], told[1]])))
    expect((await read('/v1/usage?include_retries=true')).body.data).toHaveLength(3)
    expect((await read(`/v1/generation?id=${served}`)).body).toMatchObject({
      attemptCount: 2,
      provider: 'anthropic',
      attempts: [{ served: false }, { served: true }],
    })
    expect((await read('/v1/usage?group_by=provider')).body.data).toMatchObject([
      { provider: 'anthropic', requests: 1, attempts: 2, errors: 0 },
      { provider: 'openai', requests: 1, attempts: 1, errors: 1 },
    ])
  })

  test('comes live to whoever listens, and its parts add up', async () => {
    bench = await startBench(hostNamed('fetch'))
    const live = bench.gateway.usage.stream()
    const next = live.next()
    const id = await call()
    const { value } = await next
    expect(value).toMatchObject({ requestId: id, account: 'acme' })
    const nano = (text: string) => BigInt(text.replace('.', ''))
    const parts = Object.values(value?.costs ?? {}).reduce((sum, cost) => sum + nano(cost), 0n)
    expect(parts).toBe(nano(value?.modelCost ?? ''))
    expect(parts + nano(value?.fee ?? '')).toBe(nano(value?.charged ?? ''))
    await bench.gateway.close()
    expect(await live.next()).toMatchObject({ done: true })
  })
})
