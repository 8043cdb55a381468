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
  return {
    connect: given?.connect ?? settings.connectTimeout,
    headers: call.envelope.stream
      ? firstEventLimit(settings, call)
      : shortest(given?.answer ?? settings.answerTimeout, answerLimit(settings, call)),
    idle: given?.idle ?? settings.idleTimeout,
  }
}

/** From dispatch to a stream's first event. */
export function firstEventLimit(settings: CallSettings, call: CallBasis): number {
  const given = call.principal.policy?.timeouts
  const own = given?.firstEvent ?? settings.firstEventTimeout
  return shortest(own, attemptLimit(settings, call))
}

/** From dispatch to the end of an answer that does not stream; 0 where no policy has such a clock. */
export function answerLimit(settings: CallSettings, call: CallBasis): number {
  return call.envelope.stream ? 0 : attemptLimit(settings, call)
}

/** What an attempt may take, whatever it brings. */
function attemptLimit(settings: CallSettings, call: CallBasis): number {
  const own = call.principal.policy?.timeouts?.attempt ?? settings.attemptTimeout
  return shortest(own, leftOf(settings, call))
}

/** What is left of the time for all attempts; 0 where there is no such clock. */
function leftOf(settings: CallSettings, { principal, startedAt }: CallBasis): number {
  const total = principal.policy?.timeouts?.total ?? settings.totalTimeout
  return total === 0 ? 0 : Math.max(1, total - (Date.now() - startedAt))
}

/** 0 is no limit. */
function shortest(first: number, second: number): number {
  if (first === 0 || second === 0) return first + second
  return Math.min(first, second)
}
