import type { Nano } from '../../billing/money.ts'
import { asGatewayError, GatewayError, reworded } from '../../errors/gateway-error.ts'
import type { Target } from '../authorize.ts'
import type { Call, CallBasis, ResolvedCall } from '../call.ts'
import { dispatch } from '../dispatch.ts'
import { type HoldPlan, limitFor, planHold } from '../hold-plan.ts'
import type { CallServices } from '../services.ts'
import { createFreeSettlement, createSettlement, type Settlement } from '../settle.ts'
import { keepAnswer } from '../stored-responses/answer-keeper.ts'
import { assertOwnState, keepsAnswers } from '../stored-responses/kept-state.ts'
import { assertOwnItems } from '../stored-responses/own-items.ts'
import { createRun } from '../stored-responses/run.ts'
import { type PreparedRequest, prepareRequest } from '../upstream-request.ts'
import { followFailure } from './after-failure.ts'
import { hedge, overtake } from './beside.ts'
import type { Course } from './course.ts'
import { cover } from './cover.ts'
import { nextTarget, skip } from './next-target.ts'
import { watchAttempt } from './watch.ts'

/**
 * Sends a call to the first target that can take it: at once where nothing has to be waited for.
 *
 * @throws GatewayError, or rejects with it, when none is left that can; nothing is held then.
 */
export function pursue(services: CallServices, course: Course): undefined | Promise<void> {
  const target = nextTarget(services, course)
  return target instanceof Promise
    ? target.then((found) => tryTarget(services, course, found))
    : tryTarget(services, course, target)
}

/** What is sent, and paid for where it is not free. */
interface Ready {
  readonly call: ResolvedCall
  readonly prepared: PreparedRequest
  readonly plan: HoldPlan | undefined
  /** Nano-dollars. */
  readonly held: Nano
}

/** @param target Undefined when none is left. */
export function tryTarget(
  services: CallServices,
  course: Course,
  target: Target | undefined,
): undefined | Promise<void> {
  if (!target) throw whyNone(course)
  let owned: undefined | Promise<void>
  try {
    assertOwnState(course.basis.envelope, target)
    owned = assertOwnItems(services, course, target)
  } catch (error) {
    return passOver(services, course, { target, error })
  }
  return owned
    ? owned.then(
        () => begin(services, course, target),
        (error) => passOver(services, course, { target, error }),
      )
    : begin(services, course, target)
}

function begin(services: CallServices, course: Course, target: Target): undefined | Promise<void> {
  try {
    const call = resolvedCall(course.basis, target)
    const prepared = prepareRequest(call, services.settings)
    const plan = call.isFree ? undefined : planHold(services, call, { prepared })
    const covered = plan ? cover(services, course, { call, prepared, plan }) : unpaid
    if (!(covered instanceof Promise))
      return launch(services, course, { call, prepared, plan: covered.plan, held: covered.held })
    return covered.then(
      (paid) => launch(services, course, { call, prepared, ...paid }),
      (error) => passOver(services, course, { target, error }),
    )
  } catch (error) {
    return passOver(services, course, { target, error })
  }
}

/** Written out, as the attempt below is: every call passes here, and spreads of so many members are slow. */
function resolvedCall(basis: CallBasis, target: Target): ResolvedCall {
  const { id, exchange, dialect, startedAt, principal, envelope, previous, isFree } = basis
  return { id, exchange, dialect, startedAt, principal, envelope, previous, isFree, target }
}

/** What is free. */
const unpaid = { plan: undefined, held: 0n }

interface PassedOver {
  readonly target: Target
  readonly error: unknown
}

/** What one candidate cannot do, or what there are no credits for, another one may. */
const ofCandidate: ReadonlySet<string> = new Set([
  'unsupported_parameter',
  'item_not_found',
  'insufficient_credits',
  'held_credits',
])

function passOver(
  services: CallServices,
  course: Course,
  { target, error }: PassedOver,
): undefined | Promise<void> {
  const reason = asGatewayError(error)
  // To find that out may have taken as long as a provider takes to answer.
  if (!ofCandidate.has(reason.code) || course.basis.exchange.hasLeft()) throw reason
  skip(course, target, reason)
  return pursue(services, course)
}

function launch(services: CallServices, course: Course, ready: Ready): undefined {
  const { call, prepared, plan, held } = ready
  if (plan) course.held = held
  if (call.exchange.hasLeft() || course.isDecided) throw clientLeft()
  const limit = plan && limitFor(plan, held, call.envelope.choices)
  const dispatchedAt = Date.now()
  const attempt: Call = {
    id: call.id,
    exchange: call.exchange,
    dialect: call.dialect,
    startedAt: call.startedAt,
    principal: call.principal,
    envelope: call.envelope,
    previous: call.previous,
    isFree: call.isFree,
    target: call.target,
    prepared: limit === undefined ? prepared : prepareRequest(call, services.settings, limit),
    plan,
    held,
    limit,
    keeper: undefined,
    dispatchedAt,
    watch: watchAttempt(services, call, dispatchedAt),
    course,
  }
  course.attempts += 1
  course.failed?.handOn(attempt.target)
  course.failed = undefined
  send(services, attempt)
  return undefined
}

/** With what its answer needs that its provider keeps, or makes in the background. */
function send(services: CallServices, call: Call): void {
  const { plan, dialect, target, envelope } = call
  const settlement = plan ? createSettlement(services, call) : createFreeSettlement(services, call.watch)
  const { background, isKept } = envelope.state ?? { background: false, isKept: false }
  if (plan && (background || isKept) && keepsAnswers(dialect, target)) {
    const keeping = (background ? createRun : keepAnswer)(services, call, settlement)
    follow(services, { ...call, keeper: keeping.keeper }, keeping.settlement)
  } else follow(services, call, settlement)
}

function follow(services: CallServices, call: Call, settlement: Settlement): void {
  const course = call.course as Course
  dispatch(services, call, {
    settlement,
    onFailure: (attempt, failure) => followFailure(services, attempt, failure),
    onLive: (withdraw) => void course.live.push({ call, settlement, withdraw }),
    onClaim: () => overtake(course, call),
  })
  hedge(services, course)
}

/** Nobody is there to answer any more. Nobody gets to see it. */
function clientLeft(): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: 'The client has left.' })
}

/** The first reason says what is wrong with what the client named; the others are told behind it. */
function whyNone({ skipped }: Course): GatewayError {
  const [first, ...others] = skipped
  if (!first) return new GatewayError({ code: 'provider_unavailable', message: 'There is nobody to ask.' })
  const { reason } = first
  if (others.length === 0) return reason
  const told = others.map(({ model, reason: { message } }) => `${model}: ${message}`).join(' ')
  return reworded(reason, `${reason.message} Nor can the others be called: ${told}`)
}
