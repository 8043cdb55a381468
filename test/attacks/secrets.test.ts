import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createGateway, type Gateway, type GatewayOptions } from '@tollgate/core'
import { instrument } from '@tollgate/core/opentelemetry'
import { createMetrics } from '@tollgate/core/prometheus'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hang, json, stream, text } from '../upstream/answer.ts'
import { type Script, startUpstream, type Upstream } from '../upstream/upstream.ts'

const operatorKey = 'sk-proj-CANARYoperator0123456789'
const ownKey = 'sk-ant-CANARYown0123456789abcdef'
const encryptionSecret = 'CANARY-encryption-secret-0123456789'

const messages = [{ role: 'user', content: 'hi' }]

describe('secrets stay where they are', () => {
  let folder: string
  let upstream: Upstream
  let gateway: Gateway
  let token: string
  /** Everything that left the gateway for an operator's or a client's eyes. */
  let seen: string[]

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'secrets-'))
    upstream = await startUpstream()
    seen = []
    gateway = createGateway(options())
    await gateway.credits.grant({ account: 'acme', amount: '10.00', reference: 'start' })
    const created = await gateway.keys.create({ account: 'acme', name: 'test' })
    token = created.token
  })
  afterEach(async () => {
    await gateway.close()
    await upstream.close()
    rmSync(folder, { recursive: true })
  })

  function options(): GatewayOptions {
    const note = (...shown: unknown[]) => void seen.push(show(shown))
    return {
      store: `sqlite:${join(folder, 'tollgate.db')}`,
      secret: encryptionSecret,
      logger: { info: note, warn: note, error: note },
      onUsage: note,
      timeouts: { answer: 300, firstEvent: 300 },
      providers: {
        openai: { apiKey: operatorKey, baseUrl: `${upstream.url}/v1` },
        anthropic: { baseUrl: upstream.url },
      },
    }
  }

  async function call(path: string, body: object, headers: Record<string, string> = {}): Promise<number> {
    const response = await gateway.fetch(`http://gateway${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
    seen.push(show([...response.headers]), await response.text())
    return response.status
  }

  const chat = (more: object = {}) => call('/v1/chat/completions', { model: 'gpt-4o', messages, ...more })
  const message = () => call('/v1/messages', { model: 'claude-sonnet-4-6', max_tokens: 64, messages })

  /** A provider that says everything it was told. */
  const parrot =
    (status: number): Script =>
    (request) =>
      json(status, { error: { type: 'any', message: `Incorrect key: ${JSON.stringify(request.headers)}` } })

  test('in answers, errors, logs and usage events, whatever the provider says', async () => {
    await gateway.providerKeys.create({ account: 'acme', provider: 'anthropic', name: 'own', value: ownKey })
    expect([await chat(), await message(), await chat({ stream: true })]).toEqual([200, 200, 200])
    for (const status of [400, 401, 403, 404, 422, 429, 500, 503]) {
      upstream.respond(parrot(status))
      await chat()
      await message()
      await chat({ stream: true })
    }
    const broken: Script[] = [
      text(502, `<html>${operatorKey}</html>`),
      json(200, 'not json'),
      json(200, {}, { cutAfter: 1 }),
      stream([], { cutAfter: 0 }),
      stream([`data: {"error":{"message":"key ${operatorKey} is bad","type":"server_error"}}\n\n`]),
      hang,
    ]
    for (const script of broken) {
      upstream.respond(script)
      await chat()
      await message()
      await chat({ stream: true })
    }
    await upstream.close()
    await chat()
    expect(upstream.calls.some(({ headers }) => headers['x-api-key'] === ownKey)).toBe(true)
    expect(seen.length).toBeGreaterThan(50)
    expect(seen.filter((shown) => /CANARY/.test(shown))).toEqual([])
    expect(seen.filter((shown) => shown.includes(token))).toEqual([])
  })

  test('in what the gateway shows of keys, models, credits and itself', async () => {
    const key = await gateway.providerKeys.create({
      account: 'acme',
      provider: 'anthropic',
      name: 'own',
      value: ownKey,
    })
    await chat()
    const shown = [
      key,
      await gateway.providerKeys.list(),
      await gateway.providerKeys.rotate(key.id, { value: ownKey }),
      await gateway.keys.list(),
      await gateway.models.list({ account: 'acme' }),
      await gateway.credits.balance('acme'),
      gateway,
    ].map(show)
    for await (const row of gateway.credits.ledger('acme')) shown.push(show(row))
    expect(shown.filter((each) => /CANARY/.test(each))).toEqual([])
    expect(shown.filter((each) => each.includes(token))).toEqual([])
  })

  test('in spans, metrics, ledger rows and reports, and in logs though providers say keys that look like nothing', async () => {
    const spans = new InMemorySpanExporter()
    const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] })
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
    const meters = new MeterProvider({ readers: [reader] })
    const prometheus = createMetrics()
    await gateway.close()
    const shapelessKey = 'CANARY~shapeless~own~key'
    const plain = {
      apiKey: 'CANARY~shapeless~operator',
      headers: { 'x-extra-key': 'CANARY~shapeless~header' },
    }
    gateway = createGateway({
      ...options(),
      providers: {
        openai: { ...plain, baseUrl: `${upstream.url}/v1` },
        anthropic: { baseUrl: upstream.url },
      },
      telemetry: [
        instrument({ tracer: tracers.getTracer('test'), meter: meters.getMeter('test') }),
        prometheus,
        {
          // What is thrown by a careless observer is logged, and has everything in it.
          callEnded() {
            const header = plain.headers['x-extra-key']
            const cause = { note: plain.apiKey, deep: [{ header, ownKey, shapelessKey, noted: token }] }
            throw new Error(`It broke: ${JSON.stringify(cause)} ${encryptionSecret}`, { cause })
          },
        },
      ],
    })
    await gateway.providerKeys.create({
      account: 'acme',
      provider: 'anthropic',
      name: 'own',
      value: shapelessKey,
    })
    for (const status of [200, 400, 401, 429, 500]) {
      if (status > 200) upstream.respond(parrot(status))
      await chat()
      await message()
      await chat({ stream: true })
    }
    await upstream.close()
    await chat()
    const logged = seen.length
    await reader.forceFlush()
    for await (const row of gateway.credits.ledger('acme')) seen.push(show(row))
    for await (const event of gateway.usage.events({ includeRetries: true })) seen.push(show(event))
    for (const { name, attributes, status, events } of spans.getFinishedSpans())
      seen.push(show([name, attributes, status, events]))
    const measured = exporter.getMetrics().at(-1)?.scopeMetrics
    seen.push(show(measured), await prometheus.text(), show(await gateway.usage.summary()))
    expect(seen.length - logged).toBeGreaterThan(20)
    expect(seen.some((shown) => shown.includes('The option telemetry threw.'))).toBe(true)
    const secrets = [token, token.slice(-20), encryptionSecret, 'CANARY']
    for (const secret of secrets) expect(seen.filter((shown) => shown.includes(secret))).toEqual([])
    await Promise.all([tracers.shutdown(), meters.shutdown()])
  })

  test('in the database', async () => {
    await gateway.providerKeys.create({ account: 'acme', provider: 'anthropic', name: 'own', value: ownKey })
    await chat()
    await message()
    await gateway.close()
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)))
    expect(files.length).toBeGreaterThan(0)
    expect(Buffer.concat(files).includes('acme')).toBe(true)
    for (const secret of ['CANARY', token.slice(-20), encryptionSecret]) {
      expect(Buffer.concat(files).includes(secret)).toBe(false)
    }
    gateway = createGateway(options())
    expect(await message()).toBe(200)
  })

  test('in the one message that lists mistakes in the options', () => {
    const wrong = {
      ...options(),
      providers: { openai: { apiKey: `${operatorKey}\n\n€`, baseUrl: `x${operatorKey}` } },
    }
    expect(() => createGateway(wrong)).toThrow(/providers\.openai/)
    try {
      createGateway(wrong)
    } catch (error) {
      expect(show(error)).not.toContain('CANARY')
    }
  })
})

/** As a careless logger would print it: all depths, hidden members too. */
function show(value: unknown): string {
  return (
    inspect(value, { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null }) +
    safeJson(value)
  )
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_name, member: unknown) =>
      typeof member === 'bigint' ? `${member}` : member,
    )
  } catch {
    return ''
  }
}
