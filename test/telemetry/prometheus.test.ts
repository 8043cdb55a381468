import { createMetrics } from '@tollgate/core/prometheus'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { hang, json } from '../upstream/answer.ts'
import { tellOfAttempts } from './attempts.ts'

const socketless = hosts.find(({ name }) => name === 'fetch') as (typeof hosts)[number]
const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] }

let bench: Bench | undefined
afterEach(async () => {
  await bench?.stop()
  bench = undefined
})

/** The value of a series, by its name with its labels. */
async function seriesOf(metrics: { text(): Promise<string> }, series: string): Promise<number | undefined> {
  const line = (await metrics.text()).split('\n').find((each) => each.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length))
}

describe('metrics for Prometheus', () => {
  test('count calls, tokens, dollars, refusals and steps of the store', async () => {
    const metrics = createMetrics()
    bench = await startBench(socketless, { telemetry: metrics })
    await (await bench.post('/v1/chat/completions', { ...chat, stream: true })).text()
    await bench.post('/v1/chat/completions', { ...chat, model: 'gpt-nonsense' })
    const [charged] = await bench.charges(1)
    const model = 'provider="openai",model="gpt-4o"'
    expect(await seriesOf(metrics, `tollgate_calls_total{${model},status="succeeded"}`)).toBe(1)
    expect(await seriesOf(metrics, 'tollgate_calls_total{provider="",model="",status="refused"}')).toBe(1)
    expect(await seriesOf(metrics, 'tollgate_refusals_total{code="model_not_found"}')).toBe(1)
    expect(
      await seriesOf(
        metrics,
        'tollgate_attempts_total{provider="openai",verdict="served",completion="succeeded"}',
      ),
    ).toBe(1)
    expect(await seriesOf(metrics, `tollgate_tokens_total{${model},kind="input"}`)).toBeGreaterThan(0)
    expect(await seriesOf(metrics, `tollgate_tokens_total{${model},kind="output"}`)).toBeGreaterThan(0)
    const usd = await seriesOf(metrics, `tollgate_charged_usd_total{${model},credential="managed"}`)
    expect(usd?.toFixed(9)).toBe(charged)
    expect(await seriesOf(metrics, 'tollgate_held_usd_count')).toBe(1)
    expect(await seriesOf(metrics, `tollgate_time_to_first_token_seconds_count{${model}}`)).toBe(1)
    expect(
      await seriesOf(metrics, 'tollgate_store_duration_seconds_count{operation="settle",outcome="answered"}'),
    ).toBe(1)
    expect(await seriesOf(metrics, 'tollgate_calls_in_flight')).toBe(0)
    expect(metrics.contentType).toMatch(/^text\/plain/)
  })

  test('show what is under way, until its client leaves', async () => {
    const metrics = createMetrics()
    bench = await startBench(socketless, { telemetry: metrics })
    bench.upstream.respond(hang)
    const control = new AbortController()
    const waiting = bench.post('/v1/chat/completions', chat, { signal: control.signal }).catch(() => {})
    while (bench.upstream.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await seriesOf(metrics, 'tollgate_calls_in_flight')).toBe(1)
    control.abort()
    await waiting
    while ((await seriesOf(metrics, 'tollgate_calls_in_flight')) !== 0)
      await new Promise((resolve) => setTimeout(resolve, 5))
    expect(
      await seriesOf(metrics, 'tollgate_calls_total{provider="openai",model="gpt-4o",status="aborted"}'),
    ).toBe(1)
  })

  test('count every attempt by what became of it', async () => {
    const metrics = createMetrics()
    await tellOfAttempts(metrics)
    const attempts = (verdict: string, completion: string, provider = 'openai') =>
      seriesOf(
        metrics,
        `tollgate_attempts_total{provider="${provider}",verdict="${verdict}",completion="${completion}"}`,
      )
    expect(await attempts('retry', 'failed')).toBe(1)
    expect(await attempts('next_model', 'timed_out')).toBe(1)
    expect(await attempts('served', 'succeeded', 'vertex')).toBe(1)
    expect(
      await seriesOf(
        metrics,
        'tollgate_tokens_total{provider="vertex",model="gemini-2.5-flash",kind="reasoning"}',
      ),
    ).toBe(5)
  })

  test('tell no more models apart than they may, and none that clients make up', async () => {
    const metrics = createMetrics({ models: 2 })
    for (const model of ['a', 'b', 'c', 'd']) await tellOfAttempts(metrics, { attempts: undefined, model })
    await tellOfAttempts(metrics, { attempts: undefined, model: 'made-up', credential: 'own' })
    const text = await metrics.text()
    expect(text).toMatch(/model="a".*[\s\S]*model="b"/)
    expect(text).not.toMatch(/model="(c|d|made-up)"/)
    expect(
      await seriesOf(metrics, 'tollgate_calls_total{provider="vertex",model="other",status="succeeded"}'),
    ).toBe(3)
  })

  test('show whose circuit is open, and which credentials rest', async () => {
    const metrics = createMetrics()
    bench = await startBench(socketless, { telemetry: [metrics, {}] })
    const { post } = bench
    const circuit = (state: string) =>
      seriesOf(metrics, `tollgate_provider_circuit{provider="openai",state="${state}"}`)
    const resting = () => seriesOf(metrics, 'tollgate_credentials_resting{provider="openai",reason="auth"}')
    expect(await circuit('closed')).toBeUndefined()
    await post('/v1/chat/completions', chat)
    expect(await circuit('closed')).toBe(1)
    expect(await resting()).toBeUndefined()
    bench.upstream.respond(json(401, { error: { message: 'no' } }))
    await post('/v1/chat/completions', chat)
    expect(await resting()).toBe(1)
    bench.upstream.respond(json(500, { error: { message: 'no' } }))
    for (let call = 0; call < 5; call += 1) await post('/v1/chat/completions', chat)
    expect([await circuit('closed'), await circuit('open'), await circuit('half_open')]).toEqual([0, 1, 0])
  })

  test('may be among the host’s own', async () => {
    const registry = new Registry()
    const metrics = createMetrics({ registry })
    await tellOfAttempts(metrics)
    expect(await registry.metrics()).toContain('tollgate_calls_total')
  })
})

describe('telemetry', () => {
  test('that throws changes no call, and is told to the logger', async () => {
    const lines: string[] = []
    const note = (_: object, message: string) => void lines.push(message)
    const broken = () => {
      throw new Error('broken')
    }
    bench = await startBench(socketless, {
      telemetry: [
        { gatewayStarted: broken, callStarted: broken, callEnded: broken, storeAnswered: broken },
        createMetrics(),
      ],
      logger: { info: note, warn: note, error: note },
    })
    expect((await bench.post('/v1/chat/completions', chat)).status).toBe(200)
    await bench.charges(1)
    expect(lines).toContain('The option telemetry threw.')
  })

  test('ends each call once, whatever becomes of it', async () => {
    const [started, ended] = [new Map<string, number>(), new Map<string, number>()]
    const count = (map: Map<string, number>, id: string) => void map.set(id, (map.get(id) ?? 0) + 1)
    bench = await startBench(socketless, {
      timeouts: { answer: 200, firstEvent: 200 },
      telemetry: {
        callStarted: ({ requestId }) => count(started, requestId),
        callEnded: ({ requestId }) => count(ended, requestId),
      },
    })
    const { post } = bench
    const bodies = [
      chat,
      { ...chat, stream: true },
      { ...chat, model: 'nonsense' },
      'not json',
      { model: 'gpt-4o' },
    ]
    const scripts = ['fail-500', 'fail-cut', 'fail-midstream', 'fail-stall', 'fail-429']
    for (const body of bodies) await (await post('/v1/chat/completions', body)).text()
    for (const model of scripts)
      for (const streams of [true, false]) {
        await post('/v1/chat/completions', { ...chat, model: `openai:${model}`, stream: streams })
          .then(
            (response) => response.text(),
            () => {},
          )
          .catch(() => {})
      }
    await post('/v1/chat/completions', chat, { headers: { authorization: 'Bearer nonsense' } })
    await post('/v1/messages/count_tokens', { model: 'claude-sonnet-4-6', messages: chat.messages })
    await bench.gateway.close()
    expect(started.size).toBeGreaterThan(10)
    expect(ended).toEqual(started)
    expect([...ended.values()].every((times) => times === 1)).toBe(true)
  })
})
