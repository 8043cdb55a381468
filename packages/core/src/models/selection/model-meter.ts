import { createDigest, type Percentiles } from './digest.ts'
import { createTimeSlices } from './time-slices.ts'

/**
 * How an attempt ended. `uncounted` says nothing of the model: its client left, or the request itself was at fault.
 */
export type AttemptOutcome = 'succeeded' | 'failed' | 'uncounted'

/** What an attempt was like, once it is over. */
export interface EndedAttempt {
  readonly outcome: AttemptOutcome
  /** From dispatch to the first token of a stream; undefined for other answers. */
  readonly firstTokenMs?: number | undefined
  /** From dispatch to the end. */
  readonly durationMs: number
  readonly outputTokens?: number | undefined
}

/** How a model has done in the last quarter of an hour, as this process saw it. */
export interface ModelMetrics {
  /** Attempts that ended, of those that say something of the model. */
  readonly requests: number
  /** Of those, the share that failed; undefined without any. */
  readonly errorShare: number | undefined
  /** Milliseconds to the first token of a stream. */
  readonly latency: Percentiles | undefined
  /** Milliseconds to the end of an answer. */
  readonly duration: Percentiles | undefined
  /** Output tokens a second, from the first token on. */
  readonly throughput: Percentiles | undefined
  /** Attempts under way. */
  readonly inFlight: number
}

/** How a model did over longer times, for the list of models. */
export interface ModelRecord {
  /** Shares of attempts that succeeded; undefined without any. */
  readonly uptime: {
    readonly quarter: number | undefined
    readonly hour: number | undefined
    readonly day: number | undefined
  }
  /** Over the last hour. */
  readonly latency: Percentiles | undefined
  readonly throughput: Percentiles | undefined
}

/** Measures one model of one provider. Recording and reading cost the same whatever has happened. */
export interface ModelMeter {
  /** An attempt goes upstream. */
  begin(): void
  /** It is over; once for each `begin`. */
  ended(attempt: EndedAttempt): void
  metrics(): ModelMetrics
  record(): ModelRecord
}

const minute = 60_000
/** An hour, of which a strategy looks at the last quarter. */
const digests = { spans: 12, spanMs: 5 * minute }
const quarter = 3
/** Below this a rate of tokens is the clock's doing. */
const leastStreamMs = 10

interface Counts {
  requests: number
  errors: number
}

export function createModelMeter(now: () => number): ModelMeter {
  const latency = createDigest({ least: 1, ...digests })
  const duration = createDigest({ least: 1, ...digests })
  const throughput = createDigest({ least: 0.1, ...digests })
  const minutes = createCounts(15, minute)
  const fives = createCounts(12, 5 * minute)
  const hours = createCounts(24, 60 * minute)
  let inFlight = 0

  const measure = ({ firstTokenMs, durationMs, outputTokens = 0 }: EndedAttempt, at: number) => {
    duration.add(durationMs, at)
    if (firstTokenMs !== undefined) latency.add(firstTokenMs, at)
    const generating = durationMs - (firstTokenMs ?? 0)
    if (outputTokens > 0 && generating >= leastStreamMs)
      throughput.add((outputTokens * 1000) / generating, at)
  }
  return {
    begin() {
      inFlight += 1
    },
    ended(attempt) {
      inFlight = Math.max(0, inFlight - 1)
      if (attempt.outcome === 'uncounted') return
      const at = now()
      const isError = attempt.outcome === 'failed'
      for (const counts of [minutes, fives, hours]) counts.add(isError, at)
      if (!isError) measure(attempt, at)
    },
    metrics() {
      const at = now()
      const counts = minutes.sum(at)
      return {
        requests: counts.requests,
        errorShare: counts.requests === 0 ? undefined : counts.errors / counts.requests,
        latency: latency.read(at, quarter),
        duration: duration.read(at, quarter),
        throughput: throughput.read(at, quarter),
        inFlight,
      }
    },
    record() {
      const at = now()
      return {
        uptime: {
          quarter: successShare(minutes.sum(at)),
          hour: successShare(fives.sum(at)),
          day: successShare(hours.sum(at)),
        },
        latency: latency.read(at, digests.spans),
        throughput: throughput.read(at, digests.spans),
      }
    },
  }
}

function successShare({ requests, errors }: Counts): number | undefined {
  return requests === 0 ? undefined : 1 - errors / requests
}

/** Attempts and failures of the recent past. */
function createCounts(count: number, spanMs: number) {
  const slices = createTimeSlices<Counts>({
    count,
    spanMs,
    create: () => ({ requests: 0, errors: 0 }),
    clear: (slice) => {
      slice.requests = 0
      slice.errors = 0
    },
  })
  return {
    add(isError: boolean, at: number): void {
      const slice = slices.at(at)
      slice.requests += 1
      if (isError) slice.errors += 1
    },
    sum(at: number): Counts {
      const sum = { requests: 0, errors: 0 }
      slices.last(at, count, ({ requests, errors }) => {
        sum.requests += requests
        sum.errors += errors
      })
      return sum
    },
  }
}
