import type { Principal } from '../../access/principal.ts'
import { bodyOf } from '../../bytes/body-bytes.ts'
import { createCallId } from '../../credits/call-id.ts'
import { asGatewayError } from '../../errors/gateway-error.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { answerError } from '../answer.ts'
import { createCourse } from '../attempts/course.ts'
import { watchAttempt } from '../attempts/watch.ts'
import type { Target } from '../authorize.ts'
import type { Call, ResolvedCall } from '../call.ts'
import { takeHold } from '../hold.ts'
import { scanMembers } from '../json-members.ts'
import type { CallServices } from '../services.ts'
import { createSettlement } from '../settle.ts'
import { chooseTarget } from './choose-target.ts'
import type { PassThroughEndpoint } from './endpoints.ts'
import { type OutgoingRequest, outgoingRequest } from './passed-request.ts'
import { planPassed, rowOf } from './plan-passed.ts'
import { readPassed } from './read-passed.ts'
import { sendThrough } from './send-through.ts'

export interface PassThroughErrand {
  readonly endpoint: PassThroughEndpoint
  readonly ids: readonly string[]
}

/**
 * The life of a call that is passed through: the same stages as any other's, with a meter of its own or, on an
 * account's own provider key, for the fee. Never rejects.
 */
export async function servePassThrough(
  services: CallServices,
  exchange: Exchange,
  { endpoint, ids }: PassThroughErrand,
): Promise<void> {
  const id = createCallId()
  const startedAt = Date.now()
  services.inFlight.enter()
  try {
    const principal = await services.authenticate(exchange)
    const passed = await readPassed(exchange, endpoint, services.settings.bodyBytes)
    const { requested: model, stream } = passed
    const target = await chooseTarget(services, { principal, endpoint, model, provider: named(exchange) })
    const request = outgoingRequest(
      { exchange, endpoint, ids, target, account: principal.account, passed },
      services.settings,
    )
    const asked = { ...passed, model: target.resolution.upstreamId }
    const plan = planPassed(services, { endpoint, target, request: asked, at: startedAt })
    if (target.credential.kind === 'managed') passed.onLate(() => endpoint.meter?.assertMetered?.(asked))
    if (exchange.hasLeft()) return services.inFlight.leave()
    const resolved = resolvedCall({ id, exchange, startedAt, principal, target, model, stream, request })
    const held = await takeHold(services, resolved, plan)
    const dispatchedAt = Date.now()
    const course = createCourse(resolved, { candidates: [target], skipped: [], conversation: undefined })
    course.attempts = 1
    const call: Call = {
      ...resolved,
      plan,
      held,
      limit: undefined,
      keeper: undefined,
      dispatchedAt,
      watch: watchAttempt(services, resolved, dispatchedAt),
      course,
    }
    const settlement = createSettlement(services, call)
    if (exchange.hasLeft()) return settlement.release()
    const estimate = (delivered: boolean) =>
      endpoint.meter?.estimate(asked, rowOf(target, startedAt), delivered) ?? {}
    sendThrough({ services, call, settlement, request, estimate })
  } catch (thrown) {
    services.inFlight.leave()
    if (exchange.hasLeft()) return
    const error = asGatewayError(thrown)
    if (error.status >= 500) services.logger.error({ requestId: id, error }, error.message)
    answerError(exchange.sink, { error, family: 'openai', requestId: id })
  }
}

/** The provider that a client names beside its request. */
function named({ headers, search }: Exchange): string | undefined {
  const header = headers['tollgate-provider']
  if (typeof header === 'string' && header !== '') return header
  return search.includes('provider=') ? (new URLSearchParams(search).get('provider') ?? undefined) : undefined
}

interface Asking {
  readonly id: string
  readonly exchange: Exchange
  readonly startedAt: number
  readonly principal: Principal
  readonly target: Target
  readonly model: string | undefined
  readonly stream: boolean
  readonly request: OutgoingRequest
}

const noMembers = scanMembers(bodyOf([Buffer.from('{}')]))

type PassedCall = ResolvedCall & Pick<Call, 'prepared'>

/** What all calls have in common, of one whose body only its meter reads. */
function resolvedCall(asking: Asking): PassedCall {
  const { id, exchange, startedAt, principal, target, model, stream, request } = asking
  return {
    id,
    exchange,
    dialect: target.dialect,
    startedAt,
    principal,
    target,
    previous: undefined,
    isFree: false,
    envelope: {
      members: noMembers,
      model: model ?? target.resolution.publicId,
      fallbacks: [],
      stream,
      includeUsage: true,
      maxOutputTokens: undefined,
      choices: 1,
      serviceTier: undefined,
      speed: undefined,
      state: undefined,
    },
    prepared: {
      request: { ...request, body: undefined },
      warnings: [],
      usageAdded: false,
      answer: undefined,
      maxOutputTokens: undefined,
      thinks: false,
      thinkingBudget: 0,
    },
  }
}
