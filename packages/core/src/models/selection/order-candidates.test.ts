import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ModelMetrics } from './model-meter.ts'
import { type OrderOptions, orderCandidates } from './order-candidates.ts'

interface Candidate {
  readonly id: string
  readonly weight: number
  readonly dollars?: number | undefined
  readonly metrics?: Partial<ModelMetrics>
}

const unmeasured: ModelMetrics = {
  requests: 0,
  errorShare: undefined,
  latency: undefined,
  duration: undefined,
  throughput: undefined,
  inFlight: 0,
}

function order(candidates: readonly Candidate[], options: Partial<OrderOptions<Candidate>>): string[] {
  return orderCandidates(candidates, {
    strategy: 'order',
    metrics: ({ metrics }) => ({ ...unmeasured, ...metrics }),
    estimatedDollars: ({ dollars }) => dollars,
    stream: true,
    key: 'conversation-1',
    random: Math.random,
    ...options,
  }).map(({ id }) => id)
}

const measured = (id: string, p50: number, others: Partial<ModelMetrics> = {}): Candidate => ({
  id,
  weight: 1,
  metrics: { requests: 10, errorShare: 0, latency: { p50, p95: p50 }, ...others },
})
const names = ['a', 'b', 'c', 'd', 'e', 'f']

describe('orderCandidates', () => {
  test('keeps the order that was named', () => {
    const candidates = names.map((id, at) => ({ id, weight: 1, dollars: -at }))
    expect(order(candidates, { strategy: 'order' })).toEqual(names)
  })

  test('by price: the cheapest first, equals as they were, those without a price last', () => {
    const dollars = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })
    fc.assert(
      fc.property(fc.array(dollars, { maxLength: 6 }), (all) => {
        const candidates = all.map((each, at) => ({ id: names[at] ?? '', weight: 1, dollars: each }))
        const naive: string[] = []
        for (const price of [0, 1, 2, 3, undefined]) {
          for (const candidate of candidates) if (candidate.dollars === price) naive.push(candidate.id)
        }
        expect(order(candidates, { strategy: 'price' })).toEqual(naive)
      }),
    )
  })

  test('by latency: of first tokens in streams, of whole answers elsewhere', () => {
    const candidates = [
      measured('a', 900, { duration: { p50: 1000, p95: 1000 } }),
      measured('b', 300, { duration: { p50: 9000, p95: 9000 } }),
    ]
    expect(order(candidates, { strategy: 'latency' })).toEqual(['b', 'a'])
    expect(order(candidates, { strategy: 'latency', stream: false })).toEqual(['a', 'b'])
  })

  test('by throughput: the fastest first', () => {
    const fast = { throughput: { p50: 90, p95: 90 } }
    const slow = { throughput: { p50: 30, p95: 30 } }
    const candidates = [measured('a', 1, slow), measured('b', 9, fast)]
    expect(order(candidates, { strategy: 'throughput' })).toEqual(['b', 'a'])
  })

  test('measures what nobody has called, one call at a time', () => {
    const idle: Candidate = { id: 'idle', weight: 1 }
    const busy: Candidate = { id: 'busy', weight: 1, metrics: { inFlight: 1 } }
    expect(order([measured('a', 300), busy, idle], { strategy: 'latency' })).toEqual(['idle', 'a', 'busy'])
  })

  test('tries last what fails every second time, however fast it is', () => {
    const failing = measured('failing', 10, { errorShare: 0.5 })
    const busy: Candidate = { id: 'busy', weight: 1, metrics: { inFlight: 1 } }
    const unlucky = measured('unlucky', 20, { requests: 3, errorShare: 2 / 3 })
    const candidates = [failing, busy, measured('slow', 5000), unlucky]
    expect(order(candidates, { strategy: 'latency' })).toEqual(['unlucky', 'slow', 'busy', 'failing'])
  })

  test('at random is one order for one conversation, and weights do not count', () => {
    const candidates = names.map((id) => ({ id, weight: id === 'a' ? 1_000_000 : 1 }))
    const first = order(candidates, { strategy: 'random' })
    expect(first.toSorted()).toEqual(names)
    expect(order(candidates, { strategy: 'random' })).toEqual(first)
    const winners = Array.from(
      { length: 600 },
      (_, at) => order(candidates, { strategy: 'random', key: `${at}` })[0],
    )
    for (const name of names) expect(winners.filter((winner) => winner === name).length).toBeGreaterThan(60)
    expect(order(candidates, { strategy: 'weighted' })[0]).toBe('a')
  })

  test('asks for nothing where there is nothing to choose', () => {
    const never = () => {
      throw new Error('asked')
    }
    const options = { strategy: 'price', metrics: never, estimatedDollars: never } as const
    expect(order([{ id: 'a', weight: 1 }], options)).toEqual(['a'])
  })
})
