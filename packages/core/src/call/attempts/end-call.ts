import { toWire } from '../../bytes/wire-text.ts'
import { type GatewayError, reworded } from '../../errors/gateway-error.ts'
import type { AttemptVerdict } from '../../telemetry/attempt.ts'
import { answerJson } from '../answer.ts'
import type { Attempt } from '../dispatch.ts'
import { failCall } from '../relay-error.ts'
import { recordAttempt } from './attempt-record.ts'
import type { Course } from './course.ts'
import type { Failure } from './failure.ts'

/** The end of a call that no attempt has answered: it is free, and its client learns why. */
export function endCall(attempt: Attempt, failure: Failure, verdict: AttemptVerdict): void {
  const { call, settlement } = attempt
  const { exchange, dialect, course } = call
  attempt.claim()
  noteAttempt(attempt, failure, verdict)
  settlement.free('failed', failure.error)
  if (exchange.hasLeft()) return
  const error = course ? withAttempts(failure.error, course) : failure.error
  if (course?.hasBegun) exchange.sink.end(toWire(dialect.wire.errorFrame(error, call.id, course.sequence())))
  else if (failure.answer) answerJson(exchange.sink, failure.answer)
  else failCall(attempt, error)
}

/** What was tried, where more than one was. */
function withAttempts(error: GatewayError, { records }: Course): GatewayError {
  if (records.length < 2) return error
  const tried = records.map(({ provider, model, code }) => `${provider}:${model} ${code}`).join(', ')
  return reworded(error, `${error.message} ${records.length} attempts failed: ${tried}.`)
}

/** Keeps what became of an attempt. */
export function noteAttempt(attempt: Attempt, { error }: Failure, verdict: AttemptVerdict): void {
  const { call, status } = attempt
  call.course?.records.push(recordAttempt(call, { verdict, status, code: error.code }))
}
