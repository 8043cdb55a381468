import type { CoolingReason, Failure } from './failure.ts'
import { isOfCredential } from './failure.ts'
import { createProbe } from './probe.ts'
import { createRecentOutcomes } from './recent-outcomes.ts'

/** How long a credential rests, in milliseconds. */
export interface CoolDownRules {
  readonly authMs: number
  readonly quotaMs: number
  /** Of a 429 that names no time: the first time, and then twice as long each time. */
  readonly rateMs: number
  /** The longest, whatever the provider asks for. */
  readonly longestMs: number
  readonly windowMs: number
  readonly probeMs: number
}

/** One credential that has failed lately. */
export interface CoolDown {
  /** A number for the probe that this attempt is, or 0. */
  begin(now: number): number
  /** @param begun Number of the attempt. @returns Whether nothing is left to remember. */
  succeeded(attempt: CredentialAttempt, now: number): boolean
  failed(attempt: CredentialAttempt, failure: Failure, now: number): void
  abandoned(attempt: CredentialAttempt): void
  /** Why it rests; undefined when it may be used. */
  reason(now: number): CoolingReason | undefined
  /** It has rested for something that does not pass by itself: the next attempt finds out. */
  isOnProbation(now: number): boolean
  until(now: number): number
  consecutiveFailures(): number
  errorShare(now: number): number
}

export interface CredentialAttempt {
  /** Attempts are numbered in the order they began. */
  readonly number: number
  readonly probe: number
}

export function createCoolDown(rules: CoolDownRules): CoolDown {
  const outcomes = createRecentOutcomes(rules.windowMs)
  const probe = createProbe(rules.probeMs)
  let cooling: { reason: CoolingReason; until: number; since: number } | undefined
  let consecutive = 0

  /** A rate limit passes by itself; a key that was refused, or has no money left, is tried by one call first. */
  const isOnProbation = (now: number) =>
    cooling !== undefined && cooling.reason !== 'rate' && now >= cooling.until
  const isProbed = (now: number) => isOnProbation(now) && probe.isTaken(now)
  const lengthOf = ({ kind, retryAfterMs }: Failure): number => {
    const asked = retryAfterMs !== undefined && retryAfterMs >= 0 ? retryAfterMs : undefined
    if (kind === 'auth') return rules.authMs
    if (kind === 'quota') return asked ?? rules.quotaMs
    return asked ?? rules.rateMs * 2 ** Math.min(consecutive - 1, 30)
  }
  const rest = (reason: CoolingReason, until: number, since: number) => {
    // Answers come in any order: a shorter rest does not end a longer one.
    cooling = cooling && cooling.until > until ? { ...cooling, since } : { reason, until, since }
  }

  return {
    begin: (now) => (isOnProbation(now) && !probe.isTaken(now) ? probe.take(now) : 0),
    succeeded: (attempt, now) => {
      if (attempt.probe > 0) probe.give(attempt.probe)
      outcomes.count(false, now)
      // What was under way before it was refused proves nothing about now.
      if (cooling && attempt.number > cooling.since) cooling = undefined
      if (!cooling) consecutive = 0
      return !cooling && outcomes.errorShare(now) === 0
    },
    failed: (attempt, failure, now) => {
      if (attempt.probe > 0) probe.give(attempt.probe)
      consecutive += 1
      outcomes.count(true, now)
      if (!isOfCredential(failure.kind)) return
      rest(failure.kind, now + Math.min(rules.longestMs, lengthOf(failure)), attempt.number)
    },
    abandoned: (attempt) => {
      if (attempt.probe > 0) probe.give(attempt.probe)
    },
    reason: (now) => (cooling && (now < cooling.until || isProbed(now)) ? cooling.reason : undefined),
    isOnProbation,
    until: (now) => (isProbed(now) ? probe.until() : (cooling?.until ?? 0)),
    consecutiveFailures: () => consecutive,
    errorShare: outcomes.errorShare,
  }
}
