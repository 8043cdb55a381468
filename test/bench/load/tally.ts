import { quantile } from '../report/statistics.ts'
import type { CallResult } from './connection.ts'
import { type Expectation, judge } from './judge.ts'

/** What the load generator saw in one slice. */
export interface LoadResult {
  readonly calls: number
  /** What was wrong with answers, and how often. */
  readonly faults: Readonly<Record<string, number>>
  readonly seconds: number
  /** Writes per answer; fewer than were sent upstream means that the server joined some. */
  readonly pieces: number
  /** Milliseconds. */
  readonly firstByte: Quantiles
  readonly total: Quantiles
  /** Microseconds of the load generator's own processor time. */
  readonly processorMicros: number
}

export interface Quantiles {
  readonly p50: number
  readonly p99: number
}

export interface Tally {
  add(result: CallResult): void
  result(): LoadResult
}

/** Counts calls from now on. */
export function createTally(expectation: Expectation, processorMicros: () => number): Tally {
  const faults: Record<string, number> = {}
  const firstBytes: number[] = []
  const totals: number[] = []
  let pieces = 0
  const startedAt = performance.now()
  const processorBefore = processorMicros()
  return {
    add(result) {
      const fault = judge(result, expectation)
      if (fault !== undefined) faults[fault] = (faults[fault] ?? 0) + 1
      firstBytes.push(result.firstByte)
      totals.push(result.total)
      pieces += result.pieces
    },
    result: () => ({
      calls: totals.length,
      faults,
      pieces: pieces / totals.length,
      seconds: (performance.now() - startedAt) / 1000,
      firstByte: { p50: quantile(firstBytes, 0.5), p99: quantile(firstBytes, 0.99) },
      total: { p50: quantile(totals, 0.5), p99: quantile(totals, 0.99) },
      processorMicros: processorMicros() - processorBefore,
    }),
  }
}
