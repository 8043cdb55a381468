import type { Attributes, Meter } from '@opentelemetry/api'
import type { BoundedNames } from '../bounded-label.ts'
import type { EndedAttempt, Telemetry } from '../telemetry.ts'
import { serverAttributes } from './attempt-attributes.ts'
import { errorType, operationName, providerName } from './conventions.ts'
import { createInstruments, type Instruments } from './instruments.ts'

/** Metrics of calls and attempts. */
export function measureCalls(meter: Meter, names: BoundedNames): Telemetry {
  const instruments = createInstruments(meter)
  return {
    callStarted: () => instruments.active.add(1),
    callEnded({ attempts, error, background, startedAt, endedAt, dialect }) {
      if (!background) instruments.active.add(-1)
      const outcome = { 'tollgate.dialect': dialect, ...(error && { 'error.type': error.code }) }
      instruments.calls.record(Math.max(0, endedAt - startedAt) / 1000, outcome)
      if (error && attempts.length === 0) instruments.refusals.add(1, { 'error.type': error.code })
      for (const attempt of attempts) measureAttempt(instruments, attempt, names)
    },
    storeAnswered: ({ operation, durationMs, ok }) =>
      instruments.store.record(durationMs / 1000, {
        'tollgate.store.operation': operation,
        ...(!ok && { 'error.type': 'store_unavailable' }),
      }),
  }
}

function measureAttempt(instruments: Instruments, attempt: EndedAttempt, names: BoundedNames): void {
  const { event } = attempt
  const attributes = attributesOf(attempt, names)
  const type = errorType(attempt)
  const ended = { ...attributes, ...(type !== undefined && { 'error.type': type }) }
  instruments.duration.record(event.durationMs / 1000, ended)
  if (!event.isFinalAttempt)
    instruments.failovers.add(1, { ...ended, 'tollgate.attempt.verdict': event.verdict })
  else measureAnswer(instruments, attempt, attributes)
}

function measureAnswer(instruments: Instruments, { event }: EndedAttempt, attributes: Attributes): void {
  const { inputTokens, outputTokens, timeToFirstTokenMs: firstToken } = event
  if (event.served) {
    instruments.tokens.record(inputTokens, { ...attributes, 'gen_ai.token.type': 'input' })
    instruments.tokens.record(outputTokens, { ...attributes, 'gen_ai.token.type': 'output' })
  }
  if (firstToken !== undefined) {
    instruments.firstChunk.record(firstToken / 1000, attributes)
    instruments.firstToken.record(firstToken / 1000, attributes)
  }
  const paid = { ...attributes, 'tollgate.credential': event.credential }
  instruments.charged.add(Number(event.charged), paid)
  instruments.fees.add(Number(event.fee), paid)
  instruments.held.record(Number(event.reserved), paid)
}

function attributesOf(attempt: EndedAttempt, names: BoundedNames): Attributes {
  const { event, server } = attempt
  return {
    'gen_ai.operation.name': operationName(event.upstreamDialect),
    'gen_ai.provider.name': providerName(names.provider(attempt)),
    'gen_ai.request.model': names.model(attempt),
    ...(event.served && { 'gen_ai.response.model': names.servedModel(attempt) }),
    ...serverAttributes(server),
  }
}
