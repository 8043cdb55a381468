import { setTimeout as sleep } from 'node:timers/promises'
import type { AccessKeyLimits } from '@tollgate/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { hang } from '../upstream/answer.ts'

const node = hosts.find(({ name }) => name === 'node:http') as (typeof hosts)[number]
const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello big world' }], max_tokens: 100 }
const dayMs = 86_400_000

let bench: Bench
beforeEach(async () => {
  bench = await startBench(node)
})
afterEach(() => bench.stop())

async function keyWith(limits: AccessKeyLimits): Promise<Record<string, string>> {
  const { token } = await bench.gateway.keys.create({ account: 'acme', limits })
  return { authorization: `Bearer ${token}` }
}

const limitAccount = (limits: AccessKeyLimits) => bench.gateway.accounts.update('acme', { limits })

interface Told {
  readonly status: number
  readonly code: string | undefined
  readonly message: string
  readonly headers: Headers
}

async function call(headers: Record<string, string>, more: object = {}): Promise<Told> {
  const response = await bench.post('/v1/chat/completions', { ...body, ...more }, { headers })
  const { error } = (await response.json()) as { error?: { code: string; message: string } }
  const { status } = response
  return { status, code: error?.code, message: error?.message ?? '', headers: response.headers }
}

/** A call that stays under way until its client leaves. */
async function hanging(headers: Record<string, string>) {
  bench.upstream.respond(hang)
  const controller = new AbortController()
  const arrived = bench.upstream.nextCall()
  const running = bench.post('/v1/chat/completions', body, { headers, signal: controller.signal })
  const gone = running.catch(() => undefined)
  await arrived
  const leave = async () => {
    controller.abort()
    await gone
    await settled()
  }
  return { leave }
}

/** Resolves once nothing is under way. */
const settled = () =>
  expect.poll(async () => (await bench.gateway.credits.balance('acme')).held).toBe('0.000000000')

describe('a refusal by a limit says which it is and whose', () => {
  test('a rate of the key, or that of its account where that is tighter', async () => {
    const key = await keyWith({ rpm: 1 })
    expect((await call(key)).status).toBe(200)
    const ofKey = await call(key)
    expect(ofKey).toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
    expect(ofKey.message).toContain('Rate limit exceeded: rpm of the access key is 1.')
    await limitAccount({ rpm: 3, tpm: 100_000, concurrency: 50 })
    const other = await keyWith({ rpm: 100 })
    const answers = []
    for (let count = 0; count < 4; count += 1) answers.push(await call(other))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    expect(answers[3]?.message).toContain('Rate limit exceeded: rpm of the account is 3.')
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0)
    await limitAccount({ tpm: 1 })
    expect((await call(other)).message).toContain('Rate limit exceeded: tpm of the account is 1.')
  })

  test('what an account may spend a day, which is final until the day ends', async () => {
    await limitAccount({
      spend: [
        { limit: '0.000001', window: 'day' },
        { limit: '5.00', window: 'month' },
      ],
    })
    const key = await keyWith({ spend: { limit: '1.50' }, rpm: 100 })
    const before = dayMs - (Date.now() % dayMs)
    const refused = await call(key)
    const after = dayMs - (Date.now() % dayMs)
    expect(refused).toMatchObject({ status: 429, code: 'budget_exceeded' })
    expect(refused.message).toContain('The account has reached its limit of $0.000001 per day.')
    expect(refused.headers.get('x-should-retry')).toBe('false')
    const wait = Number(refused.headers.get('retry-after-ms'))
    expect(after <= before ? wait >= after && wait <= before : wait > 0).toBe(true)
    await limitAccount({ spend: { limit: '0.00001' } })
    const forever = await call(key)
    expect(forever.message).toBe('The account has reached its lifetime limit of $0.00001.')
    expect(forever.headers.has('retry-after')).toBe(false)
  })

  test('what calls under way hold of a budget comes back: the client may try again', async () => {
    const free = await hanging(await keyWith({}))
    const { held } = await bench.gateway.credits.balance('acme')
    await free.leave()
    // Enough for one, and for another once the first has been charged for what it asked.
    const limit = (Number(held) * 1.9).toFixed(9)
    const key = await keyWith({ spend: [{ limit, window: 'week' }, { limit: '9.00' }] })
    const running = await hanging(key)
    const refused = await call(key)
    expect(refused).toMatchObject({ status: 429, code: 'held_credits' })
    expect(refused.message).toMatch(
      /^Calls under way hold what this call needs of the limit of \$0\.\d+ per week of the access key\./,
    )
    expect(refused.headers.has('x-should-retry')).toBe(false)
    await running.leave()
    bench.upstream.respond()
    expect((await call(key)).status).toBe(200)
  })

  test('the ledger says whose key it was, though only its account is limited', async () => {
    await limitAccount({ concurrency: 5 })
    const { token, id } = await bench.gateway.keys.create({ account: 'acme' })
    expect((await call({ authorization: `Bearer ${token}` })).status).toBe(200)
    await settled()
    const keys = []
    for await (const { op, key } of bench.gateway.credits.ledger('acme')) if (op === 'settle') keys.push(key)
    expect(keys).toEqual([id])
  })
})

describe('P18 a slot is free again however its call ends', () => {
  const exits: Readonly<Record<string, (key: Record<string, string>) => Promise<unknown>>> = {
    'with an answer': (headers) => call(headers),
    'with a stream': async (headers) => (await stream(headers)).text(),
    'with a refusal for what it asks': (headers) => call(headers, { max_tokens: 'many' }),
    'with a model that nobody has': (headers) => call(headers, { model: 'no-such-model' }),
    'with an error of the provider': (headers) => call(headers, { model: 'openai:fail-500' }),
    'with a stream that its provider cuts': async (headers) =>
      (await stream(headers, { model: 'openai:fail-cut' })).text().catch(() => undefined),
    'with a provider that hangs up': async (headers) => {
      bench.upstream.respond({ kind: 'destroy' })
      return call(headers)
    },
    'with a provider that says nothing': async (headers) => {
      bench.upstream.respond(hang)
      return call(headers)
    },
    'with a client that leaves before the answer': async (headers) => (await hanging(headers)).leave(),
    'with a client that leaves a stream': async (headers) => {
      const frame = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'word ' } }] })}\n\n`
      bench.upstream.respond({ kind: 'stream', events: Array(1000).fill(frame), stallAfter: 2 })
      const reader = (await stream(headers)).body?.getReader()
      await reader?.read()
      await reader?.cancel()
    },
  }

  const stream = (headers: Record<string, string>, more: object = {}) =>
    bench.post('/v1/chat/completions', { ...body, stream: true, ...more }, { headers })

  beforeEach(async () => {
    await bench.stop()
    bench = await startBench(node, (url) => ({
      timeouts: { firstEvent: 300, answer: 300, idle: 300, heartbeat: 0 },
      failover: { attempts: 1 },
      providers: {
        openai: {
          apiKey: 'sk-upstream',
          baseUrl: `${url}/v1`,
          models: {
            'fail-500': { price: { input: '1.00', output: '2.00' } },
            'fail-cut': { price: { input: '1.00', output: '2.00' } },
          },
        },
      },
    }))
  })

  test.each(Object.entries(exits))('%s', async (_, exit) => {
    await limitAccount({ concurrency: 1 })
    const key = await keyWith({ concurrency: 1 })
    await exit(key)
    bench.upstream.respond()
    await settled()
    // No circuit and no rest that the failure has caused may stand for a slot.
    const until = performance.now() + 10_000
    let answer = await call(key)
    while (answer.status >= 500 && performance.now() < until) {
      await sleep(50)
      answer = await call(key)
    }
    expect([answer.status, answer.message]).toEqual([200, ''])
    expect(await bench.gateway.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
  })
})
