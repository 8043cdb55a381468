import type { Percentiles } from './digest.ts'
import type { ModelRecord } from './model-meter.ts'

/** Half and 19 in 20 of what was measured lay below these. */
export interface ListedPercentiles {
  readonly p50: number
  readonly p95: number
  readonly window_minutes: number
  /** ISO 8601. */
  readonly as_of: string
}

/** How a listed model has been doing, as the process that lists it saw it; null where nobody has called it. */
export interface ListedMetrics {
  /** Shares of attempts that succeeded, of those that say something of the model. */
  readonly uptime_last_15m: number | null
  readonly uptime_last_1h: number | null
  readonly uptime_last_1d: number | null
  /** Milliseconds to the first token of a stream. */
  readonly latency_last_1h: ListedPercentiles | null
  /** Output tokens a second. */
  readonly throughput_last_1h: ListedPercentiles | null
}

/** @param at Milliseconds since the epoch. */
export function renderMetrics(record: ModelRecord, at: number): ListedMetrics {
  const { uptime, latency, throughput } = record
  return {
    uptime_last_15m: uptime.quarter ?? null,
    uptime_last_1h: uptime.hour ?? null,
    uptime_last_1d: uptime.day ?? null,
    latency_last_1h: render(latency, at),
    throughput_last_1h: render(throughput, at),
  }
}

function render(percentiles: Percentiles | undefined, at: number): ListedPercentiles | null {
  if (!percentiles) return null
  const [p50, p95] = [percentiles.p50, percentiles.p95].map((value) => Math.round(value * 10) / 10) as [
    number,
    number,
  ]
  return { p50, p95, window_minutes: 60, as_of: new Date(at).toISOString() }
}
