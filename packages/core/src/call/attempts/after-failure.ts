import type { Exchange } from '../../exchange/exchange.ts'
import type { Target } from '../authorize.ts'
import type { Call } from '../call.ts'
import type { Attempt } from '../dispatch.ts'
import type { CallServices } from '../services.ts'
import type { LiveAttempt } from './beside.ts'
import { type Course, stepBetween, type Waiting } from './course.ts'
import { endCall, noteAttempt } from './end-call.ts'
import { type Failure, type Remedy, remedyFor } from './failure.ts'
import { isSpent } from './is-spent.ts'
import { pursue, tryTarget } from './pursue.ts'

/** What follows an attempt that brought no answer: the next one, or the end of the call. */
export function followFailure(services: CallServices, attempt: Attempt, failure: Failure): void {
  attempt.call.watch?.failed(failure)
  const remedy = remedyFor(failure.error, failure.words)
  const isOver = attempt.settlement.isHandedOver() || attempt.call.exchange.hasLeft()
  if (remedy === 'none' || isOver) endCall(attempt, failure, 'stop')
  else seekRemedy(services, attempt, { failure, remedy })
}

interface Failed {
  readonly failure: Failure
  readonly remedy: Remedy
}

function seekRemedy(services: CallServices, attempt: Attempt, { failure, remedy }: Failed): void {
  const { target } = attempt.call
  const course = attempt.call.course as Course
  if (remedy === 'larger_context') course.contextAbove = contextOf(target)
  else noteWait(services, course, { target, failure })
  const handOn = (next: Target) => {
    noteAttempt(attempt, failure, stepBetween(target, next))
    attempt.settlement.pass()
  }
  const [beside] = leaveLive(course, attempt.call)
  if (beside) {
    handOn(beside.call.target)
    return
  }
  // What it failed of says more than why there is no other.
  const giveUp = () => {
    course.failed = undefined
    endCall(attempt, failure, 'exhausted')
  }
  const resume = () => {
    if (course.isSeeking) return
    if (isSpent(services, course)) giveUp()
    else void lookForAnother(course, () => seek(services, course), giveUp)
  }
  course.failed = { handOn, resume }
  resume()
}

/** @returns Those that are left. */
function leaveLive({ live }: Course, call: Call): readonly LiveAttempt[] {
  const at = live.findIndex((known) => known.call.prepared === call.prepared)
  if (at >= 0) live.splice(at, 1)
  return live
}

/** Where nobody knows how much a model takes, nobody knows which one takes more. */
function contextOf({ resolution }: Target): number {
  return resolution.entry?.contextWindow ?? Number.POSITIVE_INFINITY
}

/** Looks for another target, one look at a time; `nobody` follows where none is found. */
export async function lookForAnother(
  course: Course,
  look: () => undefined | Promise<void>,
  nobody?: () => void,
): Promise<void> {
  course.isSeeking = true
  try {
    await look()
  } catch {
    nobody?.()
  } finally {
    course.isSeeking = false
  }
  // One may have failed meanwhile: the next one, before it was out of hand, or the one that it was to run beside.
  course.failed?.resume()
}

async function seek(services: CallServices, course: Course): Promise<void> {
  try {
    await pursue(services, course)
  } catch (error) {
    const next = nextWaiting(course)
    if (!next) throw error
    await pause(course.basis.exchange, next.until - Date.now())
    await tryTarget(services, course, next.target)
  }
}

/** A provider that asks for a short while is worth waiting for, once, when nobody else is left. */
function noteWait(
  { settings }: CallServices,
  course: Course,
  { target, failure }: { readonly target: Target; readonly failure: Failure },
): void {
  const { retryAfterMs } = failure
  if (retryAfterMs === undefined || retryAfterMs > settings.longestRetryAfter) return
  if (course.waiting.some((known) => known.target === target)) return
  course.waiting.push({ target, until: Date.now() + retryAfterMs, isOver: false })
}

function nextWaiting({ waiting }: Course): Waiting | undefined {
  const [next] = waiting.filter(({ isOver }) => !isOver).sort((one, other) => one.until - other.until)
  if (next) next.isOver = true
  return next
}

/** Ends early when the client leaves. */
function pause(exchange: Exchange, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, ms))
    exchange.onLeave(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
