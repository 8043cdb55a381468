import type { Principal } from '../access/principal.ts'
import type { Nano } from '../billing/money.ts'
import { createCallId } from '../credits/call-id.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { asGatewayError, type GatewayError } from '../errors/gateway-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { ResponseRecord } from '../responses/response-record.ts'
import { answerError } from './answer.ts'
import { authorize, type Target } from './authorize.ts'
import { answerEstimate } from './count-estimate.ts'
import { dispatch } from './dispatch.ts'
import { type Envelope, type NamedInPath, readEnvelope } from './envelope.ts'
import { takeHold } from './hold.ts'
import { type HoldPlan, limitFor, planHold } from './hold-plan.ts'
import { scanMembers } from './json-members.ts'
import { readBody } from './read-body.ts'
import { resolve, resolveCounter } from './resolve.ts'
import type { CallServices } from './services.ts'
import { createFreeSettlement, createSettlement } from './settle.ts'
import { spokenDialect } from './spoken-dialect.ts'
import { type AnswerKeeper, keepAnswer } from './stored-responses/answer-keeper.ts'
import {
  answeringDialect,
  assertOwnState,
  bind,
  findPrevious,
  keepsAnswers,
} from './stored-responses/kept-state.ts'
import { createRun } from './stored-responses/run.ts'
import { type PreparedRequest, prepareRequest } from './upstream-request.ts'

/** A call whose target and credential are known. */
export interface ResolvedCall {
  /** Also the id of its hold and of its ledger row. */
  readonly id: string
  readonly exchange: Exchange
  /** The client's dialect. */
  readonly dialect: Dialect
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly principal: Principal
  readonly envelope: Envelope
  readonly target: Target
  /** What it goes on from. */
  readonly previous: ResponseRecord | undefined
}

/** One client request, ready to go upstream. */
export interface Call extends ResolvedCall {
  readonly prepared: PreparedRequest
  /** Undefined for what is free. */
  readonly plan: HoldPlan | undefined
  /** Nano-dollars reserved at first. */
  readonly held: Nano
  /** The limit that the balance put on each choice of the answer, below what was asked for. */
  readonly limit: number | undefined
  /** Of answers that can be asked for again. */
  readonly keeper: AnswerKeeper | undefined
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
 * The life of a call: authenticate, read the body, resolve, authorize, prepare, hold, dispatch. Relay and
 * settlement follow the upstream's events. Resolves when the request is on its way upstream or has been
 * answered; never rejects. It waits only for what is not there yet: every promise on the way of a call costs
 * it more than most of its stages do.
 */
export async function serveCall(services: CallServices, exchange: Exchange, errand: Errand): Promise<void> {
  const { named, free } = errand
  let { dialect } = errand
  const id = createCallId()
  const startedAt = Date.now()
  services.inFlight.enter()
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
    const candidate = free ? resolveCounter(services, wanted) : resolve(services, wanted)
    const found = findPrevious(services, { principal, ...wanted }, candidate)
    if (!candidate) {
      services.inFlight.leave()
      return answerEstimate(exchange, { id, ...wanted })
    }
    const previous = found && (await found)
    const authorized = authorize(services, principal, bind(candidate, previous))
    const target = authorized instanceof Promise ? await authorized : authorized
    assertOwnState(envelope, target)
    if (exchange.hasLeft()) return services.inFlight.leave()
    const resolved = { id, exchange, dialect, startedAt, principal, envelope, target, previous }
    const prepared = prepareRequest(resolved, services.settings)
    const plan = free ? undefined : planHold(services, resolved, prepared)
    const taken = plan ? takeHold(services, resolved, plan) : 0n
    const held = taken instanceof Promise ? await taken : taken
    const limit = plan && limitFor(plan, held, envelope.choices)
    const call = { ...resolved, prepared, plan, held, limit, keeper: undefined }
    if (exchange.hasLeft()) return await giveBack(services, call)
    const limited = call.limit === undefined ? call : await applyLimit(services, call)
    send(services, limited)
  } catch (thrown) {
    services.inFlight.leave()
    refuse(services, exchange, { id, dialect, error: asGatewayError(thrown) })
  }
}

/** With what its answer needs that its provider keeps, or makes in the background. */
function send(services: CallServices, call: Call): void {
  const { plan, dialect, target, envelope } = call
  const settlement = plan ? createSettlement(services, call) : createFreeSettlement(services)
  const { background, isKept } = envelope.state ?? { background: false, isKept: false }
  if (plan && (background || isKept) && keepsAnswers(dialect, target)) {
    const keeping = (background ? createRun : keepAnswer)(services, call, settlement)
    dispatch(services, { ...call, keeper: keeping.keeper }, keeping.settlement)
  } else dispatch(services, call, settlement)
}

/** The request again, with the limit that its hold pays for. */
async function applyLimit(services: CallServices, call: Call): Promise<Call> {
  try {
    return { ...call, prepared: prepareRequest(call, services.settings, call.limit) }
  } catch (error) {
    await letGo(services, call)
    throw error
  }
}

/** The client has left on the way: nothing was dispatched, so nothing is charged. */
async function giveBack(services: CallServices, call: Call): Promise<void> {
  if (call.plan) await letGo(services, call)
  services.inFlight.leave()
}

async function letGo({ credits, abandonedHolds }: CallServices, { id, principal }: Call): Promise<void> {
  try {
    await credits.release(id, principal.account)
  } catch {
    abandonedHolds.add(id, principal.account)
  }
}

interface Refusal {
  readonly id: string
  readonly dialect: Dialect
  readonly error: GatewayError
}

function refuse(services: CallServices, exchange: Exchange, { id, dialect, error }: Refusal): void {
  if (error.status >= 500) services.logger.error({ requestId: id, error }, error.message)
  if (!exchange.hasLeft()) answerError(exchange.sink, { error, family: dialect.family, requestId: id })
}
