import { type Meter, metrics, type Tracer, trace } from '@opentelemetry/api'
import { createBoundedNames } from '../bounded-label.ts'
import type { Telemetry } from '../telemetry.ts'
import { measureCalls } from './call-metrics.ts'
import { traceCalls } from './call-spans.ts'

/** Where spans and metrics go, and how many names they may tell apart. */
export interface InstrumentOptions {
  /** @default the global one, as the SDK that the host has started registers it */
  readonly tracer?: Tracer
  /** @default the global one */
  readonly meter?: Meter
  /** Models that metrics tell apart; all others are `other`. @default 200 */
  readonly models?: number
}

const scope = '@tollgate/core'

/**
 * Spans and metrics of every call by the OpenTelemetry conventions for generative AI: a span for the call, below the
 * host's own or the client's `traceparent`, and a client span for each attempt at a provider. Prompts and answers are
 * in none of them.
 *
 * @example
 * import { createGateway } from '@tollgate/core'
 * import { instrument } from '@tollgate/core/opentelemetry'
 * createGateway({ telemetry: instrument() })
 */
export function instrument(options: InstrumentOptions = {}): Telemetry {
  const { tracer = trace.getTracer(scope), meter = metrics.getMeter(scope), models = 200 } = options
  const spans = traceCalls(tracer)
  const measures = measureCalls(meter, createBoundedNames(models))
  return {
    ...measures,
    callStarted(call) {
      spans.callStarted?.(call)
      measures.callStarted?.(call)
    },
    callEnded(call) {
      spans.callEnded?.(call)
      measures.callEnded?.(call)
    },
  }
}
