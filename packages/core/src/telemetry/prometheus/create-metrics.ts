import { Registry } from 'prom-client'
import { type BoundedNames, createBoundedNames } from '../bounded-label.ts'
import type { EndedAttempt, EndedCall, Telemetry } from '../telemetry.ts'
import { registerHealth } from './health-series.ts'
import { createSeries, type Series } from './series.ts'

/** Where metrics are registered, and how many names they may tell apart. */
export interface MetricsOptions {
  /** To have them among the host's own. @default a registry of their own */
  readonly registry?: Registry
  /** Models that metrics tell apart; all others are `other`. @default 200 */
  readonly models?: number
}

/** Metrics of a gateway, and their text. */
export interface Metrics extends Telemetry {
  readonly registry: Registry
  /** For the `content-type` of the answer that has the text. */
  readonly contentType: string
  /** In the format that Prometheus reads. */
  text(): Promise<string>
}

/**
 * Metrics of every call for Prometheus. The host has the route that they are read at, and decides who may.
 *
 * @example
 * import { createGateway } from '@tollgate/core'
 * import { createMetrics } from '@tollgate/core/prometheus'
 * const metrics = createMetrics()
 * createGateway({ telemetry: metrics })
 * app.get('/metrics', async (_request, response) => response.type(metrics.contentType).send(await metrics.text()))
 */
export function createMetrics({ registry = new Registry(), models = 200 }: MetricsOptions = {}): Metrics {
  const series = createSeries(registry)
  const names = createBoundedNames(models)
  const gateways = registerHealth(registry)
  return {
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    gatewayStarted: (gateway) => void gateways.push(gateway),
    callStarted: () => series.inFlight.inc(),
    callEnded: (call) => countCall(series, call, names),
    storeAnswered: ({ operation, durationMs, ok }) =>
      series.store.observe({ operation, outcome: ok ? 'answered' : 'unknown' }, durationMs / 1000),
  }
}

function countCall(series: Series, call: EndedCall, names: BoundedNames): void {
  const { attempts, error, background, startedAt, endedAt } = call
  if (!background) series.inFlight.dec()
  for (const attempt of attempts) countAttempt(series, attempt, names)
  const final = attempts.find(({ event }) => event.isFinalAttempt)
  const status = final?.event.status ?? (error ? 'refused' : 'aborted')
  const [provider, model] = final ? [names.provider(final), names.model(final)] : ['', '']
  series.calls.inc({ provider, model, status })
  series.duration.observe({ provider, status }, Math.max(0, endedAt - startedAt) / 1000)
  if (error && !final) series.refusals.inc({ code: error.code })
  if (final) countAnswer(series, final, { provider, model })
}

function countAttempt({ attempts }: Series, attempt: EndedAttempt, names: BoundedNames): void {
  const { verdict, completion } = attempt.event
  attempts.inc({ provider: names.provider(attempt), verdict, completion })
}

interface Names {
  readonly provider: string
  readonly model: string
}

function countAnswer(series: Series, { event }: EndedAttempt, names: Names): void {
  const {
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens,
    timeToFirstTokenMs: firstToken,
    credential,
  } = event
  series.tokens.inc({ ...names, kind: 'input' }, event.inputTokens)
  series.tokens.inc({ ...names, kind: 'output' }, event.outputTokens)
  if (cacheReadTokens > 0) series.tokens.inc({ ...names, kind: 'cache_read' }, cacheReadTokens)
  if (cacheWriteTokens > 0) series.tokens.inc({ ...names, kind: 'cache_write' }, cacheWriteTokens)
  if (reasoningTokens > 0) series.tokens.inc({ ...names, kind: 'reasoning' }, reasoningTokens)
  series.charged.inc({ ...names, credential }, Number(event.charged))
  series.fees.inc({ ...names, credential }, Number(event.fee))
  series.held.observe(Number(event.reserved))
  if (firstToken !== undefined) series.firstToken.observe(names, firstToken / 1000)
}
