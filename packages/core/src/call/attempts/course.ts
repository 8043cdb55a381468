import type { Nano } from '../../billing/money.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { AttemptRecord, AttemptVerdict } from '../../telemetry/attempt.ts'
import type { Target } from '../authorize.ts'
import type { CallBasis } from '../call.ts'
import type { Candidate } from '../resolve.ts'
import type { CandidatePlan } from '../selection/candidate-plan.ts'
import type { LiveAttempt } from './beside.ts'

/** A candidate that was passed over, and why. */
export interface Skipped {
  /** `provider:model`. */
  readonly model: string
  readonly reason: GatewayError
}

/** A target that says when it can be asked again. */
export interface Waiting {
  readonly target: Target
  /** Milliseconds since the epoch. */
  readonly until: number
  /** It was asked again. */
  isOver: boolean
}

/** An attempt that failed while something else is looked for: its settlement keeps the hold alive. */
export interface FailedAttempt {
  /** The next one is on its way; the hold is its own from now on. */
  handOn(next: Target): void
  /** Looks for the next one, unless somebody is looking already. */
  resume(): void
}

/** The way of one call over its candidates. Changes as the call goes on; made once for each call. */
export interface Course {
  readonly basis: CallBasis
  /** In the order in which they are tried. */
  readonly candidates: readonly Candidate[]
  /** Stays with who serves it; undefined where there was no choice. */
  readonly conversation: string | undefined
  /** How many candidates have been opened. */
  opened: number
  /** Of the candidate that was opened last, those that are left; the next one first. */
  targets: readonly Target[]
  /** Passed over at first, because they fail or cool down at the moment. */
  readonly deferred: Target[]
  /** Providers at which the items that the request names are known to be the account's own. */
  itemsKnownAt: readonly string[]
  /** How many requests have gone upstream. */
  attempts: number
  /** What is reserved, in nano-dollars; undefined as long as nothing is. */
  held: Nano | undefined
  readonly records: AttemptRecord[]
  readonly skipped: Skipped[]
  /** Who may be asked again after a short while, because they said so: each once. */
  readonly waiting: Waiting[]
  /** Only models that take more than this many tokens can help. */
  contextAbove: number
  /** Attempts under way: more than one only where one was sent beside another. */
  readonly live: LiveAttempt[]
  /** One attempt speaks for the call, or it has ended: nothing else may be sent. */
  isDecided: boolean
  /** Another target is being looked for. */
  isSeeking: boolean
  /** Sends another attempt beside the one under way. */
  hedge: NodeJS.Timeout | undefined
  /** The attempt that failed last, until the next one is on its way. */
  failed: FailedAttempt | undefined
  /** The stream's status is out, with heartbeats behind it and nothing else. */
  hasBegun: boolean
  /** The number for an event of our own, in dialects that count their events. */
  sequence: () => number
}

const nobody: readonly string[] = []

export function createCourse(basis: CallBasis, { candidates, skipped, conversation }: CandidatePlan): Course {
  return {
    basis,
    candidates,
    conversation,
    opened: 0,
    targets: [],
    deferred: [],
    itemsKnownAt: nobody,
    attempts: 0,
    held: undefined,
    records: [],
    skipped: [...skipped],
    waiting: [],
    contextAbove: 0,
    live: [],
    isDecided: false,
    isSeeking: false,
    hedge: undefined,
    failed: undefined,
    hasBegun: false,
    sequence: () => 0,
  }
}

/** How the next target lies to the one that failed. */
export function stepBetween(failed: Target, next: Target): AttemptVerdict {
  if (failed.provider !== next.provider || failed.resolution.upstreamId !== next.resolution.upstreamId)
    return 'next_model'
  if (failed === next) return 'retry'
  return failed.credential.kind === next.credential.kind ? 'next_key' : 'next_step'
}
