import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayOptions, LedgerRow } from '@tollgate/core'
import { afterEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json, stream } from '../upstream/answer.ts'

let bench: Bench
afterEach(() => bench.stop())

const node = hosts.find(({ name }) => name === 'node:http') as (typeof hosts)[number]
const nano = (usd: string) => BigInt(usd.replace('.', ''))
const messages = [{ role: 'user', content: 'hello' }]
const usageOf = (prompt_tokens: number, completion_tokens: number) => ({ prompt_tokens, completion_tokens })
const chunk = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
const ending = (tokens: number) =>
  `data: ${JSON.stringify({ choices: [], usage: usageOf(5, tokens) })}\n\ndata: [DONE]\n\n`
/** 100 bytes each: what counts as 29 tokens when nobody counts them, and as 40 for a hold. */
const sentences = (count: number) => Array.from({ length: count }, () => chunk('a b c d e '.repeat(10)))

async function start(amount: string, options: GatewayOptions = {}) {
  bench = await startBench(node, options)
  await bench.gateway.credits.grant({ account: 'shop', amount, reference: 'start' })
  const { token } = await bench.gateway.keys.create({ account: 'shop' })
  const headers = { authorization: `Bearer ${token}` }
  return (path: string, body: object, init: RequestInit = {}) => bench.post(path, body, { headers, ...init })
}

async function settlements(count = 1): Promise<LedgerRow[]> {
  for (const until = Date.now() + 5000; ; await sleep(5)) {
    const rows: LedgerRow[] = []
    for await (const row of bench.gateway.credits.ledger('shop')) if (row.op === 'settle') rows.push(row)
    if (rows.length >= count || Date.now() > until) return rows
  }
}

async function expectClean() {
  const { available, held } = await bench.gateway.credits.balance('shop')
  expect(nano(available)).toBeGreaterThanOrEqual(0n)
  expect(held).toBe('0.000000000')
  expect(await bench.gateway.credits.audit('shop')).toMatchObject({ ok: true, problems: [] })
}

describe('P2 five dollars run fifty streams side by side on a model that can write 128,000 tokens', () => {
  const calls = {
    'gpt-5': ['/v1/chat/completions', { model: 'gpt-5', stream: true, messages }],
    'claude-sonnet-4-6': [
      '/v1/messages',
      { model: 'claude-sonnet-4-6', max_tokens: 128_000, stream: true, messages },
    ],
    'claude-opus-5, translated': [
      '/v1/chat/completions',
      { model: 'claude-opus-5', max_tokens: 128_000, stream: true, messages },
    ],
  } as const

  test.each(Object.entries(calls))('%s', async (_, [path, body]) => {
    const post = await start('5.00')
    const gate = Promise.withResolvers<void>()
    bench.upstream.respond(stream(['data: {"choices":[]}\n\n'], { gate: gate.promise, gateAfter: 0 }))
    const leaving = new AbortController()
    const answers = Array.from({ length: 50 }, () => post(path, body, { signal: leaving.signal }))
    let early: Response | undefined
    void Promise.race(answers.map((answer) => answer.catch(() => undefined))).then((answer) => {
      early = answer
    })
    for (const until = Date.now() + 15_000; bench.upstream.calls.length < 50 && Date.now() < until; ) {
      // Always a turn of the clock: an answer that a heartbeat has begun must not keep the others from arriving.
      await sleep(10)
      if (early) expect(early.status).toBe(200)
    }
    expect(bench.upstream.calls).toHaveLength(50)
    const { available, held } = await bench.gateway.credits.balance('shop')
    expect(nano(held)).toBeGreaterThan(0n)
    expect(nano(available) + nano(held)).toBe(5_000_000_000n)
    leaving.abort()
    await Promise.allSettled(answers)
    gate.resolve()
    await settlements(50)
    await expectClean()
  })
})

describe('a stream whose output can be watched', () => {
  test('is held for a quantum at first, and the hold stays ahead of what is delivered', async () => {
    const post = await start('5.00')
    const gate = Promise.withResolvers<void>()
    const events = [...sentences(100), ending(2900)]
    bench.upstream.respond(stream(events, { gate: gate.promise, gateAfter: 90, paceMs: 4 }))
    const body = { model: 'gpt-4o', stream: true, messages }
    const response = await post('/v1/chat/completions', body)
    const reader = response.body?.getReader()
    const first = nano((await bench.gateway.credits.balance('shop')).held)
    // 1,024 tokens out at $10 a million, some input, and the fee.
    expect(Number(first)).toBeGreaterThan(10_240_000)
    expect(Number(first)).toBeLessThan(15_000_000)
    let text = ''
    while (text.split('a b c').length < 90 * 10) {
      const { value, done } = (await reader?.read()) ?? { done: true }
      if (done) break
      text += Buffer.from(value as Uint8Array).toString()
    }
    // 9,000 bytes are 3,600 tokens at most: $0.036 and more.
    expect(Number(nano((await bench.gateway.credits.balance('shop')).held))).toBeGreaterThan(36_000_000)
    gate.resolve()
    for (;;) if ((await reader?.read())?.done !== false) break
    const [row] = await settlements()
    expect(row).toMatchObject({
      shortfall: '0.000000000',
      meta: { usageSource: 'provider', status: 'succeeded' },
    })
    await expectClean()
  })

  test.each([
    ['/v1/chat/completions', 'gpt-4o', '"code":"insufficient_credits"'],
    ['/v1/messages', 'claude-sonnet-4-5', 'event: error'],
  ])(
    'ends with an error of its dialect when the balance is consumed, and what came is charged: %s',
    async (path, model, mark) => {
      const post = await start('0.025')
      const frame = (text: string) =>
        path === '/v1/messages'
          ? `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })}\n\n`
          : chunk(text)
      const events = Array.from({ length: 3000 }, () => frame('a b c d e '.repeat(10)))
      bench.upstream.respond(stream(events, { paceMs: 1 }))
      const response = await post(path, { model, stream: true, max_tokens: 60_000, messages })
      expect(response.status).toBe(200)
      const text = await response.text()
      expect(text).toContain(mark)
      expect(text).toContain('Insufficient credits')
      expect(text).not.toContain('[DONE]')
      expect(text).not.toContain('message_stop')
      const [row] = await settlements()
      const delivered = text.split('a b c d e ').length * 10
      const tokens = row?.meta?.usage as { text_out: number }
      expect(tokens.text_out).toBeGreaterThan(delivered * 0.28)
      expect(row).toMatchObject({
        shortfall: '0.000000000',
        meta: { usageSource: 'estimated', status: 'cut' },
      })
      await bench.upstream.calls[0]?.closed
      expect(bench.upstream.calls[0]?.aborted).toBe(true)
      // Most of what there was is used.
      expect(nano(row?.amount ?? '0')).toBeGreaterThan(12_500_000n)
      await expectClean()
    },
  )

  test('goes on when credits come while it runs', async () => {
    const post = await start('0.020')
    bench.upstream.respond(stream([...sentences(300), ending(9000)], { paceMs: 2 }))
    const answer = post('/v1/chat/completions', { model: 'gpt-4o', stream: true, messages })
    const response = await answer
    await bench.gateway.credits.grant({ account: 'shop', amount: '1.00', reference: 'more' })
    expect(await response.text()).toContain('[DONE]')
    await settlements()
    await expectClean()
  })
})

describe('an answer that cannot be watched', () => {
  const json200 = { choices: [], content: [], output: [], usage: usageOf(5, 6) }
  const limited = async (path: string, body: object, amount = '0.02') => {
    const post = await start(amount)
    bench.upstream.respond(json(200, json200))
    const response = await post(path, { messages, ...body })
    return { response, sent: bench.upstream.calls[0]?.json(), text: await response.text() }
  }

  test.each([
    ['Chat Completions', '/v1/chat/completions', { model: 'gpt-5' }, 'max_completion_tokens'],
    ['its older member', '/v1/chat/completions', { model: 'gpt-5', max_tokens: 50_000 }, 'max_tokens'],
    [
      'Responses',
      '/v1/responses',
      { model: 'gpt-5', input: 'hello', messages: undefined },
      'max_output_tokens',
    ],
    ['Messages', '/v1/messages', { model: 'claude-sonnet-4-6', max_tokens: 64_000 }, 'max_tokens'],
    [
      'Chat to Messages',
      '/v1/chat/completions',
      { model: 'claude-sonnet-4-6', max_tokens: 64_000 },
      'max_tokens',
    ],
    [
      'hidden reasoning in a stream',
      '/v1/chat/completions',
      { model: 'gpt-5', stream: true },
      'max_completion_tokens',
    ],
  ])('is limited to what the balance affords: %s', async (...[, path, body, member]) => {
    const { response, sent } = await limited(path, body)
    const limit = Number(sent?.[member])
    expect(limit).toBeGreaterThanOrEqual(256)
    expect(limit).toBeLessThan(2048)
    expect(response.headers.get('tollgate-max-output-tokens') ?? String(limit)).toBe(String(limit))
    expect(Object.keys(sent ?? {}).filter((name) => /^max_/.test(name))).toEqual([member])
    await settlements()
    await expectClean()
  })

  test('says the limit, and leaves the rest of a large balance to other calls', async () => {
    const { response, sent } = await limited('/v1/chat/completions', { model: 'gpt-5' }, '5.00')
    const limit = Number(response.headers.get('tollgate-max-output-tokens'))
    expect(limit).toBeGreaterThan(19_000)
    expect(limit).toBeLessThan(21_000)
    expect(sent?.max_completion_tokens).toBe(limit)
  })

  test('is left as it is where the balance covers it many times over, and where the client wants little', async () => {
    const rich = await limited('/v1/chat/completions', { model: 'gpt-5' }, '50.00')
    expect(rich.response.headers.get('tollgate-max-output-tokens')).toBeNull()
    expect(rich.sent).not.toHaveProperty('max_completion_tokens')
    await bench.stop()
    const modest = await limited('/v1/chat/completions', { model: 'gpt-5', max_completion_tokens: 100 })
    expect(modest.sent?.max_completion_tokens).toBe(100)
    expect(modest.response.headers.get('tollgate-max-output-tokens')).toBeNull()
  })

  test('is refused when not even a short one is affordable, and the error says what there is', async () => {
    const { response, text } = await limited('/v1/chat/completions', { model: 'gpt-5' }, '0.001')
    expect(response.status).toBe(402)
    expect(text).toMatch(
      /Insufficient credits\. This call needs \$0\.00\d{7}\. The balance is \$0\.001000000, of which calls under way hold \$0\.000000000\./,
    )
    expect(bench.upstream.calls).toHaveLength(0)
  })

  test('a thinking budget stays below the limit, or the call is refused', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 }
    const body = { model: 'claude-sonnet-4-6', max_tokens: 64_000, thinking }
    const { sent } = await limited('/v1/messages', body, '0.04')
    expect(Number(sent?.max_tokens)).toBeGreaterThanOrEqual(1024 + 256)
    await bench.stop()
    const poor = await limited('/v1/messages', body, '0.015')
    expect(poor.response.status).toBe(402)
  })
})

test('P5 an estimate that is near what the client allowed is not above it', async () => {
  const post = await start('5.00')
  bench.upstream.respond(stream([chunk('a b c d e '.repeat(6))], { cutAfter: 1 }))
  const body = { model: 'gpt-4o', stream: true, max_tokens: 12, messages }
  await (await post('/v1/chat/completions', body)).text()
  const [row] = await settlements()
  expect(row?.meta).toMatchObject({ usageSource: 'estimated', status: 'cut', usage: { text_out: 12 } })
  await expectClean()
})

describe('P4 a client that leaves', () => {
  test.each([true, false])(
    'is charged its true usage where answers are read on (stream: %s)',
    async (streams) => {
      const post = await start('5.00', { timeouts: { drain: 5000 } })
      const gate = sleep(200)
      bench.upstream.respond(
        streams
          ? stream([...sentences(2), ending(77)], { gate, gateAfter: 1 })
          : json(200, { choices: [], usage: usageOf(5, 77) }, { delayMs: 200 }),
      )
      const signal = AbortSignal.timeout(100)
      const answer = post('/v1/chat/completions', { model: 'gpt-4o', stream: streams, messages }, { signal })
      await answer.then((response) => response.text()).catch(() => {})
      const [row] = await settlements()
      expect(row?.meta).toMatchObject({ status: 'aborted', usageSource: 'provider', usage: { text_out: 77 } })
      await expectClean()
    },
  )

  test('is waited for no longer than the option says', async () => {
    const post = await start('5.00', { timeouts: { drain: 150 } })
    bench.upstream.respond(stream([...sentences(2), ending(77)], { stallAfter: 1 }))
    const signal = AbortSignal.timeout(100)
    const answer = post('/v1/chat/completions', { model: 'gpt-4o', stream: true, messages }, { signal })
    await answer.then((response) => response.text()).catch(() => {})
    const [row] = await settlements()
    expect(row?.meta).toMatchObject({ status: 'aborted', usageSource: 'estimated', usage: { text_out: 29 } })
    await bench.upstream.calls[0]?.closed
    expect(bench.upstream.calls[0]?.aborted).toBe(true)
    await expectClean()
  })
})

describe('limits and counts that hide the cost of a call', () => {
  const usd = (row: LedgerRow | undefined) => nano(row?.shortfall ?? '0')
  const flood = Array.from({ length: 1500 }, () => chunk('a b c d e '.repeat(10)))
  /** A provider that does not keep to limits: what is lost is at most a few quanta. */
  const most = 60_000_000n

  test.each([
    ['a limit that the provider ignores', { max_completion_tokens: 1 }],
    ['a small limit under its older name', { max_tokens: 5 }],
  ])('%s does not end the watch of its stream', async (_, limits) => {
    const post = await start('0.02')
    bench.upstream.respond(stream(flood, { paceMs: 1 }))
    const body = { model: 'gpt-4o', stream: true, messages, ...limits }
    const text = await (await post('/v1/chat/completions', body)).text()
    expect(text).toContain('insufficient_credits')
    const [row] = await settlements()
    expect(usd(row)).toBeLessThan(most)
    await expectClean()
  })

  test.each([
    ['n', { n: 0 }],
    ['n', { n: 9_007_199_254_740_991 }],
    ['max_tokens', { max_tokens: 0 }],
  ])('%s that asks for nothing or for everything is refused: %j', async (member, limits) => {
    const post = await start('0.02')
    const response = await post('/v1/chat/completions', { model: 'gpt-4o', messages, ...limits })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(`"param":"${member}"`)
    expect(bench.upstream.calls).toHaveLength(0)
  })

  test('P4 a report that came before the text does not make the text free', async () => {
    const post = await start('5.00')
    const early = `data: ${JSON.stringify({ choices: [], usage: usageOf(5, 0) })}\n\n`
    bench.upstream.respond(stream([early, ...sentences(50)], { cutAfter: 51 }))
    await (await post('/v1/chat/completions', { model: 'gpt-4o', stream: true, messages })).text()
    const [row] = await settlements()
    const { text_out = 0 } = (row?.meta?.usage ?? {}) as { text_out?: number }
    expect(text_out).toBeGreaterThan(1000)
    await expectClean()
  })
})

describe('what escapes or a status of 200 could hide', () => {
  test.each([
    [
      'tools',
      '{"model":"claude-sonnet-4-6","max_tokens":100,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"web\\u005fsearch_20250305","name":"web_search","max_uses":50}]}',
    ],
    [
      'images',
      `{"model":"claude-sonnet-4-6","max_tokens":100,"messages":[{"role":"user","content":[${Array.from({ length: 20 }, () => '{"type":"image","source":{"type":"ur\\u006c","ur\\u006c":"https://x"}}').join(',')}]}]}`,
    ],
  ])('%s are held for, however they are written', async (_, body) => {
    const post = await start('0.02')
    const response = await post('/v1/messages', body as never)
    expect(response.status).toBe(402)
    expect(bench.upstream.calls).toHaveLength(0)
  })

  test.each([
    ['/v1/messages', { tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }] }],
    ['/v1/messages', { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch', max_uses: 2 }] }],
    ['/v1/messages', { tools: [{ type: 'mcp_toolset', mcp_server_name: 'tools' }] }],
    ['/v1/messages', { mcp_servers: [{ type: 'url', url: 'https://tools.example/mcp', name: 'tools' }] }],
  ])('P9 what tools may bring in is held for: %s %j', async (path, tools) => {
    const post = await start('5.00')
    const gate = Promise.withResolvers<void>()
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    bench.upstream.respond(async () => {
      arrive()
      await gate.promise
      return json(200, { content: [], usage: { input_tokens: 5, output_tokens: 6 } })
    })
    const answer = post(path, { model: 'claude-sonnet-4-6', max_tokens: 100, messages, ...tools })
    await arrived
    // Two pages of 32,000 tokens at $3 a million, dearer where they are written to the cache.
    expect(nano((await bench.gateway.credits.balance('shop')).held)).toBeGreaterThan(190_000_000n)
    gate.resolve()
    await (await answer).text()
    await settlements()
    await expectClean()
  })

  test('P5 an answer that says with 200 that it failed is free, and reaches the client as it is', async () => {
    const post = await start('0.50')
    const failure = { error: { code: 502, message: 'Provider returned error' } }
    bench.upstream.respond(json(200, failure))
    const response = await post('/v1/chat/completions', { model: 'gpt-4o', messages })
    expect(await response.json()).toEqual(failure)
    expect(response.headers.get('tollgate-cost')).toBe('0.000000000')
    await expect.poll(async () => (await bench.gateway.credits.balance('shop')).held).toBe('0.000000000')
    expect((await bench.gateway.credits.balance('shop')).spent).toBe('0.000000000')
  })
})
