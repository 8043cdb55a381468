import type { CallBasis } from '../call.ts'
import type { CallSettings } from '../services.ts'

/** Milliseconds; 0: none. */
export interface TimeLimits {
  readonly connect: number
  /** From dispatch to the headers of the answer. */
  readonly headers: number
  readonly idle: number
}

/** What one attempt may take: its policy's clocks before the gateway's, and never more than the call has left. */
export function timeLimits(settings: CallSettings, call: CallBasis): TimeLimits {
  const { policy } = call.principal
  const given = policy?.timeouts
  const own = call.envelope.stream
    ? (given?.firstEvent ?? settings.firstEventTimeout)
    : (given?.answer ?? settings.answerTimeout)
  return {
    connect: given?.connect ?? settings.connectTimeout,
    headers: shortest(own, given?.attempt ?? settings.attemptTimeout, leftOf(settings, call)),
    idle: given?.idle ?? settings.idleTimeout,
  }
}

/** From dispatch to a stream's first event. */
export function firstEventLimit(settings: CallSettings, call: CallBasis): number {
  const given = call.principal.policy?.timeouts
  const own = given?.firstEvent ?? settings.firstEventTimeout
  return shortest(own, given?.attempt ?? settings.attemptTimeout, leftOf(settings, call))
}

/** From dispatch to the end of an answer that does not stream; 0 where no policy has such a clock. */
export function answerLimit(settings: CallSettings, call: CallBasis): number {
  if (call.envelope.stream) return 0
  const given = call.principal.policy?.timeouts
  return shortest(0, given?.attempt ?? settings.attemptTimeout, leftOf(settings, call))
}

/** What is left of the time for all attempts; 0 where there is no such clock. */
function leftOf(settings: CallSettings, { principal, startedAt }: CallBasis): number {
  const total = principal.policy?.timeouts?.total ?? settings.totalTimeout
  return total === 0 ? 0 : Math.max(1, total - (Date.now() - startedAt))
}

/** 0 is no limit. */
function shortest(first: number, second: number, third: number): number {
  const limits = [first, second, third].filter((limit) => limit > 0)
  return limits.length === 0 ? 0 : Math.min(...limits)
}
