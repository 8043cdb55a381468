import type { TargetStrategyName } from './candidate.ts'
import type { ModelMetrics } from './model-meter.ts'
import { rankByWeight, type Weighted } from './rank-by-weight.ts'

/** What candidates are ordered by. Asked only where the strategy wants to know. */
export interface Measures<Candidate> {
  readonly metrics: (candidate: Candidate) => ModelMetrics
  readonly estimatedDollars: (candidate: Candidate) => number | undefined
  /** Whether the answer is to be a stream. */
  readonly stream: boolean
  /** Of the conversation, so that chance decides alike for all of it; undefined leaves each call to chance. */
  readonly key: string | undefined
  /** In [0, 1). */
  readonly random: () => number
}

export interface OrderOptions<Candidate> extends Measures<Candidate> {
  readonly strategy: TargetStrategyName
}

/**
 * Orders candidates, the first to be tried first. Equals keep their order.
 *
 * - `price`: by what this call is likely to cost; those without a price come last.
 * - `latency`, `throughput`: by the median of the last quarter of an hour, of first tokens where the answer is a
 *   stream and of whole answers elsewhere. A candidate that nobody has called in that time goes first, one call at
 *   a time, so that it is measured; one of which every second attempt failed goes last.
 * - `weighted`, `random`: see `rankByWeight`.
 */
export function orderCandidates<Candidate extends Weighted>(
  candidates: readonly Candidate[],
  options: OrderOptions<Candidate>,
): readonly Candidate[] {
  if (candidates.length < 2) return candidates
  switch (options.strategy) {
    case 'order':
      return candidates
    case 'weighted':
      return rankByWeight(candidates, options)
    case 'random':
      return shuffle(candidates, options)
    case 'price':
      return sortBy(
        candidates,
        (candidate) => options.estimatedDollars(candidate) ?? Number.POSITIVE_INFINITY,
      )
    default:
      return sortByMetrics(candidates, options)
  }
}

function sortBy<Candidate>(
  candidates: readonly Candidate[],
  measure: (candidate: Candidate) => number,
): Candidate[] {
  return candidates
    .map((candidate) => ({ candidate, size: measure(candidate) }))
    .sort((left, right) => (left.size === right.size ? 0 : left.size - right.size))
    .map(({ candidate }) => candidate)
}

function shuffle<Candidate extends Weighted>(
  candidates: readonly Candidate[],
  options: OrderOptions<Candidate>,
): Candidate[] {
  const even = candidates.map((candidate) => ({ id: candidate.id, weight: 1, candidate }))
  return rankByWeight(even, options).map(({ candidate }) => candidate)
}

function sortByMetrics<Candidate>(
  candidates: readonly Candidate[],
  { strategy, metrics, stream }: OrderOptions<Candidate>,
): Candidate[] {
  return sortBy(candidates, (candidate) => {
    const measured = metrics(candidate)
    if (isFailing(measured)) return Number.POSITIVE_INFINITY
    const value = strategy === 'throughput' ? slowness(measured) : waiting(measured, stream)
    if (value !== undefined) return value
    // It is being measured just now, or has been called and said nothing of itself.
    return measured.requests + measured.inFlight > 0 ? Number.MAX_VALUE : -1
  })
}

/** So few attempts say nothing. */
const fewest = 4

function isFailing({ requests, errorShare = 0 }: ModelMetrics): boolean {
  return requests >= fewest && errorShare >= 0.5
}

const slowness = ({ throughput }: ModelMetrics) => throughput && 1 / throughput.p50

const waiting = ({ latency, duration }: ModelMetrics, stream: boolean) => (stream ? latency : duration)?.p50
