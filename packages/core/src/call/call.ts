import type { Principal } from '../access/principal.ts'
import type { Nano } from '../billing/money.ts'
import { createCallId } from '../credits/call-id.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { asGatewayError, type GatewayError } from '../errors/gateway-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { ResponseRecord } from '../responses/response-record.ts'
import { answerError } from './answer.ts'
import { type Course, createCourse } from './attempts/course.ts'
import { letGo } from './attempts/let-go.ts'
import { pursue } from './attempts/pursue.ts'
import type { Watch } from './attempts/watch.ts'
import type { Target } from './authorize.ts'
import { answerEstimate } from './count-estimate.ts'
import { type Envelope, type NamedInPath, readEnvelope } from './envelope.ts'
import type { HoldPlan } from './hold-plan.ts'
import { assertInputLimit } from './input-limit.ts'
import { scanMembers } from './json-members.ts'
import { planCandidates } from './plan-candidates.ts'
import { readBody } from './read-body.ts'
import { resolveCounter, type Wanted } from './resolve.ts'
import type { CandidatePlan } from './selection/candidate-plan.ts'
import type { CallServices } from './services.ts'
import { spokenDialect } from './spoken-dialect.ts'
import type { AnswerKeeper } from './stored-responses/answer-keeper.ts'
import { answeringDialect, findPrevious } from './stored-responses/kept-state.ts'
import type { PreparedRequest } from './upstream-request.ts'

/** A call whose candidates are still to be tried. */
export interface CallBasis {
  /** Also the id of its hold and of its ledger row. */
  readonly id: string
  readonly exchange: Exchange
  /** The client's dialect. */
  readonly dialect: Dialect
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly principal: Principal
  readonly envelope: Envelope
  /** What it goes on from. */
  readonly previous: ResponseRecord | undefined
  /** Token counting, which costs nothing. */
  readonly isFree: boolean
}

/** A call whose target and credential are known. */
export interface ResolvedCall extends CallBasis {
  readonly target: Target
}

/** One attempt of a call, ready to go upstream. */
export interface Call extends ResolvedCall {
  readonly prepared: PreparedRequest
  /** Undefined for what is free. */
  readonly plan: HoldPlan | undefined
  /** Nano-dollars reserved at first. */
  readonly held: Nano
  /** The limit that the balance or a policy put on each choice of the answer, below what was asked for. */
  readonly limit: number | undefined
  /** Of answers that can be asked for again. */
  readonly keeper: AnswerKeeper | undefined
  /** When this attempt went out, milliseconds since the epoch. */
  readonly dispatchedAt: number
  /** What its provider and its credential are watched by. */
  readonly watch: Watch | undefined
  /** Undefined for a request about an answer that was made before. */
  readonly course: Course | undefined
}

/** What is asked for: an endpoint's dialect, and whether its answers cost anything. */
export interface Errand {
  readonly dialect: Dialect
  /** What the path says, in dialects whose bodies do not. */
  readonly named?: NamedInPath | undefined
  /** Token counting, which no provider bills. */
  readonly free?: true
}

/**
 * The life of a call: authenticate, read the body, plan its candidates, and pursue them: authorize, prepare, hold,
 * dispatch. Relay and settlement follow the upstream's events, and so does the next attempt after one that failed.
 * Resolves when the request is on its way upstream or has been answered; never rejects. It waits only for what is
 * not there yet: every promise on the way of a call costs it more than most of its stages do.
 */
export async function serveCall(services: CallServices, exchange: Exchange, errand: Errand): Promise<void> {
  const { named, free } = errand
  let { dialect } = errand
  const id = createCallId()
  const startedAt = Date.now()
  let course: Course | undefined
  services.inFlight.enter()
  observeStart(services, exchange, { id, errand, startedAt })
  try {
    const identified = services.authenticate(exchange)
    const principal = identified instanceof Promise ? await identified : identified
    const read = readBody(exchange, services.settings.bodyBytes)
    const body = read instanceof Promise ? await read : read
    const members = scanMembers(body)
    dialect = spokenDialect(dialect, members)
    const envelope = readEnvelope(members, dialect.requests ?? dialect.id, named)
    dialect = answeringDialect(dialect, envelope)
    const wanted = { dialect, envelope }
    const planned = free
      ? planCounter(services, wanted)
      : planCandidates(services, { dialect, envelope, principal, exchange })
    const plan = planned instanceof Promise ? await planned : planned
    if (plan.candidates.length === 0) {
      services.inFlight.leave()
      return answerEstimate(exchange, { id, ...wanted })
    }
    const found = findPrevious(services, { principal, ...wanted }, plan.candidates)
    const previous = found && (await found)
    if (exchange.hasLeft()) return leave(services, id)
    const basis = { id, exchange, dialect, startedAt, principal, envelope, previous, isFree: free === true }
    assertInputLimit(basis)
    course = createCourse(basis, plan)
    const pursued = pursue(services, course)
    if (pursued) await pursued
  } catch (thrown) {
    if (course?.held !== undefined) await letGo(services, course.basis)
    services.inFlight.leave()
    refuse(services, exchange, { id, dialect, error: asGatewayError(thrown) })
  }
}

function planCounter(services: CallServices, wanted: Wanted): CandidatePlan {
  return { candidates: resolveCounter(services, wanted), skipped: [], conversation: undefined }
}

function leave({ observer, inFlight }: CallServices, id: string): void {
  observer?.ended(id)
  inFlight.leave()
}

interface Began extends Pick<ResolvedCall, 'id' | 'startedAt'> {
  readonly errand: Errand
}

function observeStart({ observer }: CallServices, { path, headers }: Exchange, call: Began): void {
  const { id: requestId, errand, startedAt } = call
  if (!errand.free) observer?.started({ requestId, dialect: errand.dialect.id, path, headers, startedAt })
}

interface Refusal {
  readonly id: string
  readonly dialect: Dialect
  readonly error: GatewayError
}

function refuse(services: CallServices, exchange: Exchange, { id, dialect, error }: Refusal): void {
  // Who has left is refused nothing.
  if (!exchange.hasLeft()) services.observer?.failed(id, error)
  services.observer?.ended(id)
  if (error.status >= 500) services.logger.error({ requestId: id, error }, error.message)
  if (!exchange.hasLeft()) answerError(exchange.sink, { error, family: dialect.family, requestId: id })
}
