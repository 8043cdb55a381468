import { createRecentMap, type RecentMap } from '../../memory/recent-map.ts'
import { createModelMeter, type ModelMeter, type ModelMetrics, type ModelRecord } from './model-meter.ts'

export type { AttemptOutcome, EndedAttempt, ModelMeter, ModelMetrics, ModelRecord } from './model-meter.ts'

/** How every model of every provider is doing, as this process sees it. */
export interface Metrics {
  /**
   * Where attempts at a model are recorded. Keep it for the attempt: it stays good.
   *
   * @param model What is sent to the provider.
   */
  meter(provider: string, model: string): ModelMeter
  /** Nothing measured, where nothing is. */
  of(provider: string, model: string): ModelMetrics
  /** Undefined where nothing has been measured. */
  record(provider: string, model: string): ModelRecord | undefined
}

export interface MetricsOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** Models of a provider at most, about 15 KB each; those that were not called for longest go first. @default 2000 */
  readonly size?: number
}

const unmeasured: ModelMetrics = Object.freeze({
  requests: 0,
  errorShare: undefined,
  latency: undefined,
  duration: undefined,
  throughput: undefined,
  inFlight: 0,
})

/**
 * Live metrics in a fixed room.
 *
 * @example
 * const metrics = createMetrics()
 * const meter = metrics.meter('openai', 'gpt-4o')
 * meter.begin()
 * meter.ended({ outcome: 'succeeded', firstTokenMs: 320, durationMs: 2100, outputTokens: 140 })
 * metrics.of('openai', 'gpt-4o').latency?.p50 // about 320
 */
export function createMetrics({ now = Date.now, size = 2000 }: MetricsOptions = {}): Metrics {
  /** By provider: one name of both would have to be made, and hashed, for every call. */
  const providers = new Map<string, RecentMap<ModelMeter>>()
  const find = (provider: string, model: string) => providers.get(provider)?.peek(model)
  const metersOf = (provider: string) => {
    const meters = createRecentMap<ModelMeter>(size)
    providers.set(provider, meters)
    return meters
  }
  return {
    meter(provider, model) {
      const meters = providers.get(provider) ?? metersOf(provider)
      const known = meters.get(model)
      if (known) return known
      const meter = createModelMeter(now)
      meters.set(model, meter)
      return meter
    },
    of: (provider, model) => find(provider, model)?.metrics() ?? unmeasured,
    record: (provider, model) => find(provider, model)?.record(),
  }
}
