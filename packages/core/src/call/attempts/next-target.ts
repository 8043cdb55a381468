import { asGatewayError, type GatewayError } from '../../errors/gateway-error.ts'
import { authorize, type Target } from '../authorize.ts'
import type { Candidate } from '../resolve.ts'
import type { CallServices } from '../services.ts'
import { isThere, takenAway } from '../still-there.ts'
import { assertState, bind } from '../stored-responses/kept-state.ts'
import type { Course } from './course.ts'
import { isWell, wellAt } from './target-health.ts'

/**
 * The next target to try, at once where its credentials are known; undefined when none is left. What fails at the
 * moment is passed over as long as something else is there, and is tried when nothing else is.
 */
export function nextTarget(
  services: CallServices,
  course: Course,
): Target | undefined | Promise<Target | undefined> {
  for (;;) {
    const target = takeTarget(services, course)
    if (target) return target
    const candidate = course.candidates[course.opened]
    if (!candidate) return takeDeferred(services, course)
    course.opened += 1
    try {
      const opened = open(services, course, candidate)
      if (opened instanceof Promise) return opened.then(() => nextTarget(services, course))
    } catch (error) {
      skip(course, candidate, asGatewayError(error))
    }
  }
}

function open(services: CallServices, course: Course, candidate: Candidate): undefined | Promise<void> {
  const { basis } = course
  assertState(basis, candidate)
  const targets = authorize(services, basis, bind(candidate, basis.previous))
  const take = (found: readonly Target[]) => {
    course.targets = found
  }
  if (!(targets instanceof Promise)) return void take(targets)
  return targets.then(take, (error) => skip(course, candidate, asGatewayError(error)))
}

function takeTarget(services: CallServices, course: Course): Target | undefined {
  while (course.targets.length > 0) {
    const [target, ...others] = course.targets as [Target, ...Target[]]
    course.targets = others
    if (!takesEnough(target, course)) continue
    if (!isThere(services, target)) {
      skip(course, target, takenAway(target))
      continue
    }
    if (isLast(course) || isWell(services, target)) return target
    course.deferred.push(target)
  }
  return undefined
}

/** A call with one target asks nobody whether that is well. */
function isLast({ targets, candidates, opened, deferred }: Course): boolean {
  return targets.length === 0 && opened === candidates.length && deferred.length === 0
}

/** Who is well again first. */
function takeDeferred(services: CallServices, course: Course): Target | undefined {
  const { deferred } = course
  const left = deferred.filter((target) => takesEnough(target, course) && isThere(services, target))
  const [first] = left.sort((one, other) => wellAt(services, one) - wellAt(services, other))
  if (first) deferred.splice(deferred.indexOf(first), 1)
  return first
}

/** After a request that was too long for one model, only larger ones can help. */
function takesEnough({ resolution }: Target, { contextAbove }: Course): boolean {
  return contextAbove === 0 || (resolution.entry?.contextWindow ?? 0) > contextAbove
}

/** Passes a candidate over. */
export function skip(course: Course, { resolution }: Candidate, reason: GatewayError): void {
  course.skipped.push({ model: `${resolution.provider}:${resolution.upstreamId}`, reason })
}
