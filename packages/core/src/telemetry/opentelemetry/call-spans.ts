import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { EndedAttempt, EndedCall, StartedCall, Telemetry } from '../telemetry.ts'
import { attemptAttributes } from './attempt-attributes.ts'
import { errorType, operationName } from './conventions.ts'

interface CallSpan {
  readonly span: Span
  /** In which the attempts are its children. */
  readonly within: Context
}

/**
 * A span for each call and, below it, one for each attempt. A call is part of what its host is doing; where the host
 * does not trace, it is part of what its client says in `traceparent`.
 */
export function traceCalls(tracer: Tracer): Pick<Telemetry, 'callStarted' | 'callEnded'> {
  const spans = new Map<string, CallSpan>()
  const begin = (
    { dialect, requestId, startedAt }: Pick<EndedCall, 'dialect' | 'requestId' | 'startedAt'>,
    parent: Context,
  ) => {
    const host = trace.getSpan(parent)?.spanContext()
    const kind = host && !host.isRemote ? SpanKind.INTERNAL : SpanKind.SERVER
    const attributes = { 'tollgate.request.id': requestId, 'tollgate.dialect': dialect }
    const span = tracer.startSpan(`tollgate ${dialect}`, { kind, attributes, startTime: startedAt }, parent)
    return { span, within: trace.setSpan(parent, span) }
  }
  return {
    callStarted(call) {
      spans.set(call.requestId, begin(call, parentOf(call)))
    },
    callEnded(call) {
      // What was made in the background is nobody's present work.
      const { span, within } = spans.get(call.requestId) ?? begin(call, context.active())
      spans.delete(call.requestId)
      for (const attempt of call.attempts) traceAttempt(tracer, attempt, within)
      span.setAttributes(callAttributes(call))
      if (call.error) span.setStatus({ code: SpanStatusCode.ERROR, message: call.error.code })
      span.end(Math.max(call.startedAt, call.endedAt))
    },
  }
}

function parentOf({ headers }: StartedCall): Context {
  const active = context.active()
  return trace.getSpan(active) ? active : propagation.extract(active, headers, getter)
}

const getter = {
  keys: (headers: StartedCall['headers']) => Object.keys(headers),
  get(headers: StartedCall['headers'], name: string) {
    const value = headers[name.toLowerCase()]
    return typeof value === 'string' || value === undefined ? value : [...value]
  },
}

function traceAttempt(tracer: Tracer, attempt: EndedAttempt, within: Context): void {
  const { event } = attempt
  const { startedAt: startTime, durationMs, upstreamDialect, upstreamModel } = event
  const options = { kind: SpanKind.CLIENT, attributes: attemptAttributes(attempt), startTime }
  const span = tracer.startSpan(`${operationName(upstreamDialect)} ${upstreamModel}`, options, within)
  const type = errorType(attempt)
  if (type !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: type })
  span.end(startTime + durationMs)
}

function callAttributes({ attempts, error, background }: EndedCall) {
  const final = attempts.find(({ event }) => event.isFinalAttempt)?.event
  return {
    'tollgate.attempts': attempts.length,
    ...(background && { 'tollgate.background': true }),
    ...(error && { 'error.type': error.code, 'http.response.status_code': error.status }),
    ...(final && {
      'tollgate.account': final.account,
      ...(final.accessKeyId !== undefined && { 'tollgate.access_key.id': final.accessKeyId }),
      ...(final.tags.length > 0 && { 'tollgate.tags': [...final.tags] }),
      'tollgate.model': `${final.provider}:${final.model}`,
      'tollgate.charged': final.charged,
      'tollgate.held': final.reserved,
    }),
  }
}
