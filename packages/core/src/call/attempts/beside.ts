import type { Call } from '../call.ts'
import type { CallServices } from '../services.ts'
import type { Settlement } from '../settle.ts'
import { lookForAnother } from './after-failure.ts'
import { recordAttempt } from './attempt-record.ts'
import type { Course } from './course.ts'
import { isSpent } from './is-spent.ts'
import { pursue } from './pursue.ts'

/** An attempt that is under way. */
export interface LiveAttempt {
  readonly call: Call
  readonly settlement: Settlement
  /** Ends it without a word. */
  withdraw(): void
}

/**
 * Lets another attempt run beside the one that is under way, should that not have begun to answer after a while. The
 * client hears the first that answers, and pays for that alone.
 */
export function hedge(services: CallServices, course: Course): void {
  const { hedgeAfter } = services.settings
  const { isFree, envelope } = course.basis
  // What a provider keeps would be there twice.
  const isKept = envelope.state?.isKept || envelope.state?.background
  if (hedgeAfter === 0 || isFree || isKept || course.hedge) return
  course.hedge = setTimeout(() => begin(services, course), hedgeAfter).unref()
}

function begin(services: CallServices, course: Course): void {
  if (course.isDecided || course.isSeeking || course.live.length !== 1 || isSpent(services, course)) return
  // Where nobody else is there, the first one is still at work.
  void lookForAnother(course, () => pursue(services, course))
}

/** One attempt speaks for the call from now on: those beside it are withdrawn. */
export function overtake(course: Course, winner: Call): void {
  const { live, records } = course
  course.isDecided = true
  clearTimeout(course.hedge)
  for (const { call, settlement, withdraw } of live) {
    if (call === winner) continue
    records.push(recordAttempt(call, { verdict: 'overtaken', status: 0 }))
    call.watch?.abandoned()
    settlement.pass()
    withdraw()
  }
  live.length = 0
}
