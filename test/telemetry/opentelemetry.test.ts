import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { instrument } from '@tollgate/core/opentelemetry'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json } from '../upstream/answer.ts'
import { startedAt, tellOfAttempts } from './attempts.ts'

/** The SDK with everything that it exports in memory. */
function createSdk() {
  const spans = new InMemorySpanExporter()
  const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] })
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const meters = new MeterProvider({ readers: [reader] })
  return {
    spans,
    tracer: tracers.getTracer('test'),
    telemetry: (models?: number) =>
      instrument({
        tracer: tracers.getTracer('test'),
        meter: meters.getMeter('test'),
        ...(models && { models }),
      }),
    async points(name: string) {
      await reader.forceFlush()
      const measured =
        exporter
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
      const metric = measured.find(({ descriptor }) => descriptor.name === name)
      return (metric?.dataPoints ?? []) as DataPoint<number | Histogram>[]
    },
    async close() {
      await Promise.all([tracers.shutdown(), meters.shutdown()])
    },
  }
}

const node = hosts.find(({ name }) => name === 'node:http') as (typeof hosts)[number]
const socketless = hosts.find(({ name }) => name === 'fetch') as (typeof hosts)[number]
const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello CANARY' }] }

let memory: ReturnType<typeof createSdk>
let bench: Bench | undefined
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
})
afterAll(() => {
  context.disable()
  propagation.disable()
})
beforeEach(() => {
  memory = createSdk()
})
afterEach(async () => {
  await bench?.stop()
  bench = undefined
  await memory.close()
})

const spansNamed = (name: string) => memory.spans.getFinishedSpans().filter((span) => span.name === name)
const secondsOf = ([seconds, nanos]: readonly [number, number]) => seconds + nanos / 1e9

describe('a call', () => {
  test('is a span, and its attempt a client span below it, by the conventions', async () => {
    bench = await startBench(node, { telemetry: memory.telemetry() })
    const response = await bench.post('/v1/chat/completions', { ...chat, stream: true })
    await response.text()
    await bench.charges(1)
    const [call] = spansNamed('tollgate openai-chat')
    const [attempt] = spansNamed('chat gpt-4o')
    expect(memory.spans.getFinishedSpans()).toHaveLength(2)
    expect(call).toMatchObject({ kind: SpanKind.SERVER, status: { code: SpanStatusCode.UNSET } })
    expect(call?.attributes).toMatchObject({
      'tollgate.request.id': response.headers.get('tollgate-request-id'),
      'tollgate.account': 'acme',
      'tollgate.model': 'openai:gpt-4o',
      'tollgate.attempts': 1,
    })
    expect(attempt?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId)
    expect(attempt?.kind).toBe(SpanKind.CLIENT)
    expect(attempt?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.request.stream': true,
      'gen_ai.response.model': 'gpt-4o',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': expect.any(Number),
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(bench.upstream.url).port),
      'http.response.status_code': 200,
    })
    expect(JSON.stringify(memory.spans.getFinishedSpans().map(({ attributes }) => attributes))).not.toContain(
      'CANARY',
    )
  })

  test('is part of what its host does, and otherwise of what its client says', async () => {
    bench = await startBench(socketless, { telemetry: memory.telemetry() })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await bench.post('/v1/chat/completions', chat, { headers: { traceparent } })
    let host!: Span
    await memory.tracer.startActiveSpan('host', async (span) => {
      host = span
      await bench?.post('/v1/chat/completions', chat, { headers: { traceparent } })
      span.end()
    })
    await bench.charges(2)
    const [told, within] = spansNamed('tollgate openai-chat')
    expect(told?.parentSpanContext).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
    })
    expect(told?.kind).toBe(SpanKind.SERVER)
    expect(within?.parentSpanContext?.spanId).toBe(host.spanContext().spanId)
    expect(within?.kind).toBe(SpanKind.INTERNAL)
    // It is the host's own business, and not the provider's.
    expect(bench.upstream.calls.some(({ headers }) => headers.traceparent !== undefined)).toBe(false)
  })

  test('with several attempts has a span for each, with its own time and error', async () => {
    await tellOfAttempts(memory.telemetry())
    const [call] = spansNamed('tollgate openai-chat')
    const [first, second] = spansNamed('chat gpt-4o')
    const [served] = spansNamed('generate_content gemini-2.5-flash')
    expect(call?.attributes).toMatchObject({ 'tollgate.attempts': 3, 'tollgate.tags': ['batch'] })
    expect(first?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'upstream_error' })
    expect(first?.attributes).toMatchObject({
      'error.type': 'upstream_error',
      'http.response.status_code': 500,
    })
    expect(first?.attributes).not.toHaveProperty('gen_ai.response.model')
    expect(second?.attributes).toMatchObject({
      'error.type': 'upstream_timeout',
      'tollgate.attempt.number': 2,
    })
    expect(secondsOf(second?.startTime ?? [0, 0])).toBeCloseTo((startedAt + 100) / 1000, 3)
    expect(secondsOf(second?.endTime ?? [0, 0])).toBeCloseTo((startedAt + 500) / 1000, 3)
    expect(served?.status.code).toBe(SpanStatusCode.UNSET)
    expect(served?.attributes).toMatchObject({
      'gen_ai.provider.name': 'gcp.vertex_ai',
      'gen_ai.response.model': 'gemini-2.5-flash-001',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 10,
      'gen_ai.usage.reasoning.output_tokens': 5,
      'gen_ai.response.time_to_first_chunk': 0.25,
      'server.address': 'vertex.example',
    })
    for (const { parentSpanContext } of [first, second, served] as {
      parentSpanContext?: { spanId: string }
    }[])
      expect(parentSpanContext?.spanId).toBe(call?.spanContext().spanId)
  })

  test('that is refused, or fails at its provider, is a span that says so', async () => {
    bench = await startBench(socketless, { telemetry: memory.telemetry() })
    await bench.post('/v1/chat/completions', { ...chat, model: 'gpt-nonsense' })
    bench.upstream.respond(json(500, { error: { message: 'broken' } }))
    await bench.post('/v1/chat/completions', chat)
    while (spansNamed('tollgate openai-chat').length < 2)
      await new Promise((resolve) => setTimeout(resolve, 5))
    const [refused, failed] = spansNamed('tollgate openai-chat')
    expect(refused?.attributes).toMatchObject({
      'error.type': 'model_not_found',
      'http.response.status_code': 404,
    })
    expect(refused?.status.code).toBe(SpanStatusCode.ERROR)
    expect(failed?.attributes['error.type']).toMatch(/^upstream_/)
    expect((await memory.points('tollgate.calls.active')).map(({ value }) => value)).toEqual([0])
  })
})

describe('metrics', () => {
  test('have the names, units and attributes of the conventions', async () => {
    bench = await startBench(socketless, { telemetry: memory.telemetry() })
    await (await bench.post('/v1/chat/completions', { ...chat, stream: true })).text()
    await bench.post('/v1/chat/completions', { ...chat, model: 'gpt-nonsense' })
    const [charged] = await bench.charges(1)
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o',
      'server.address': '127.0.0.1',
    }
    const tokens = await memory.points('gen_ai.client.token.usage')
    expect(tokens.map((point) => point.attributes)).toMatchObject([
      { ...attributes, 'gen_ai.token.type': 'input' },
      { ...attributes, 'gen_ai.token.type': 'output' },
    ])
    const [input] = tokens.map(({ value }) => value as Histogram)
    expect(input?.buckets.boundaries.slice(0, 4)).toEqual([1, 4, 16, 64])
    for (const name of [
      'gen_ai.client.operation.duration',
      'gen_ai.client.operation.time_to_first_chunk',
      'gen_ai.server.time_to_first_token',
    ])
      expect(await memory.points(name)).toMatchObject([{ attributes, value: { count: 1 } }])
    const charges = await memory.points('tollgate.charged')
    expect(charges.map(({ value }) => Number(value).toFixed(9))).toEqual([charged])
    expect(await memory.points('tollgate.held')).toMatchObject([{ value: { count: 1 } }])
    expect(await memory.points('tollgate.refusals')).toMatchObject([
      { value: 1, attributes: { 'error.type': 'model_not_found' } },
    ])
    const steps = (await memory.points('tollgate.store.duration')).map(
      (point) => point.attributes['tollgate.store.operation'],
    )
    expect(steps).toEqual(expect.arrayContaining(['hold', 'settle']))
  })

  test('count attempts that others followed', async () => {
    await tellOfAttempts(memory.telemetry())
    expect(await memory.points('tollgate.failovers')).toMatchObject([
      { value: 1, attributes: { 'tollgate.attempt.verdict': 'retry', 'error.type': 'upstream_error' } },
      {
        value: 1,
        attributes: { 'tollgate.attempt.verdict': 'next_model', 'error.type': 'upstream_timeout' },
      },
    ])
    const durations = await memory.points('gen_ai.client.operation.duration')
    expect(durations.reduce((sum, { value }) => sum + (value as Histogram).count, 0)).toBe(3)
  })

  test('tell no more models apart than they may', async () => {
    const telemetry = memory.telemetry(2)
    for (const model of ['a', 'b', 'c', 'd']) await tellOfAttempts(telemetry, { attempts: undefined, model })
    await tellOfAttempts(telemetry, { attempts: undefined, model: 'made-up', credential: 'own' })
    const durations = await memory.points('gen_ai.client.operation.duration')
    expect(durations.map(({ attributes }) => attributes['gen_ai.request.model'])).toEqual(['a', 'b', 'other'])
  })
})

test('without an SDK nothing is recorded and nothing fails', async () => {
  bench = await startBench(socketless, { telemetry: instrument() })
  expect((await bench.post('/v1/chat/completions', chat)).status).toBe(200)
  expect(trace.getActiveSpan()).toBeUndefined()
})
