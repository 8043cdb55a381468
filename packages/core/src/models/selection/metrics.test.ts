import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDigest } from './digest.ts'
import { createMetrics } from './metrics.ts'

const minute = 60_000
const start = Date.parse('2026-11-24T10:00:00Z')

describe('a digest', () => {
  const value = fc.double({ min: 1, max: 300_000, noNaN: true })

  test('tells percentiles of what it was given, to a tenth', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
        const digest = createDigest({ least: 1, spans: 3, spanMs: minute })
        for (const each of values) digest.add(each, start)
        const sorted = values.toSorted((left, right) => left - right)
        const exact = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
        const read = digest.read(start, 3)
        for (const [found = 0, share] of [
          [read?.p50, 0.5],
          [read?.p95, 0.95],
        ] as const) {
          expect(Math.abs(found - exact(share)) / exact(share)).toBeLessThan(0.1)
        }
      }),
    )
  })

  test('knows what lies within the spans that are asked for, and nothing older', () => {
    const moment = fc.record({ wait: fc.integer({ min: 0, max: 5 * minute }), value })
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (moments, spans) => {
        const digest = createDigest({ least: 1, spans: 4, spanMs: minute })
        const added: { span: number; value: number }[] = []
        let at = start
        for (const { wait, value: each } of moments) {
          at += wait
          digest.add(each, at)
          added.push({ span: Math.floor(at / minute), value: each })
        }
        const recent = added.filter(({ span }) => span > Math.floor(at / minute) - spans)
        const read = digest.read(at, spans)
        expect(read === undefined).toBe(recent.length === 0)
        if (recent.length === 0) return
        const values = recent.map((each) => each.value).sort((left, right) => left - right)
        const exact = values[Math.ceil(values.length * 0.95) - 1] ?? 0
        expect(Math.abs((read?.p95 ?? 0) - exact) / exact).toBeLessThan(0.1)
      }),
    )
  })
})

describe('metrics', () => {
  let at = start
  const create = (size?: number) => createMetrics({ now: () => at, ...(size && { size }) })

  test('tell what attempts were like: first tokens of streams, whole answers, tokens a second', () => {
    at = start
    const metrics = create()
    const meter = metrics.meter('openai', 'gpt-4o')
    meter.begin()
    expect(metrics.of('openai', 'gpt-4o')).toMatchObject({ requests: 0, errorShare: undefined, inFlight: 1 })
    meter.ended({ outcome: 'succeeded', firstTokenMs: 400, durationMs: 2400, outputTokens: 100 })
    meter.begin()
    meter.ended({ outcome: 'succeeded', durationMs: 5000, outputTokens: 250 })
    meter.begin()
    meter.ended({ outcome: 'failed', durationMs: 3 })
    const told = metrics.of('openai', 'gpt-4o')
    expect(told).toMatchObject({ requests: 3, errorShare: 1 / 3, inFlight: 0 })
    expect(told.latency?.p50).toBeCloseTo(400, -2)
    expect((told.duration?.p95 ?? 0) / 5000).toBeCloseTo(1, 0.9)
    expect((told.throughput?.p50 ?? 0) / 50).toBeCloseTo(1, 0.9)
  })

  test('do not count what says nothing of the model', () => {
    at = start
    const metrics = create()
    const meter = metrics.meter('openai', 'gpt-4o')
    meter.begin()
    meter.ended({ outcome: 'uncounted', firstTokenMs: 1, durationMs: 2, outputTokens: 3 })
    expect(metrics.of('openai', 'gpt-4o')).toEqual(metrics.of('openai', 'never-called'))
    expect(metrics.record('openai', 'gpt-4o')?.uptime.day).toBeUndefined()
  })

  test('forget after a quarter of an hour for strategies, and after a day altogether', () => {
    at = start
    const metrics = create()
    const end = (outcome: 'succeeded' | 'failed') => {
      const meter = metrics.meter('openai', 'gpt-4o')
      meter.begin()
      meter.ended({ outcome, firstTokenMs: 100, durationMs: 200, outputTokens: 5 })
    }
    end('failed')
    at += 20 * minute
    end('succeeded')
    expect(metrics.of('openai', 'gpt-4o')).toMatchObject({ requests: 1, errorShare: 0 })
    expect(metrics.record('openai', 'gpt-4o')?.uptime).toEqual({ quarter: 1, hour: 0.5, day: 0.5 })
    at += 20 * minute
    expect(metrics.of('openai', 'gpt-4o')).toMatchObject({ requests: 0, latency: undefined })
    expect(metrics.record('openai', 'gpt-4o')?.latency?.p50).toBeCloseTo(100, -1.3)
    at += 2 * 60 * minute
    expect(metrics.record('openai', 'gpt-4o')).toMatchObject({
      uptime: { quarter: undefined, hour: undefined, day: 0.5 },
      latency: undefined,
      throughput: undefined,
    })
    at += 24 * 60 * minute
    expect(metrics.record('openai', 'gpt-4o')?.uptime.day).toBeUndefined()
  })

  test('have room for so many models, and keep those that are called', () => {
    at = start
    const metrics = create(2)
    const call = (model: string) => {
      const meter = metrics.meter('openai', model)
      meter.begin()
      meter.ended({ outcome: 'succeeded', durationMs: 10 })
    }
    for (const model of ['a', 'b', 'a', 'c']) call(model)
    expect(['a', 'b', 'c'].map((model) => metrics.of('openai', model).requests)).toEqual([2, 0, 1])
  })
})
