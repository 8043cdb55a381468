import { createCallId } from '../../credits/call-id.ts'
import { asGatewayError } from '../../errors/gateway-error.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { answerError } from '../answer.ts'
import { takeHold } from '../hold.ts'
import type { CallServices } from '../services.ts'
import { createSettlement } from '../settle.ts'
import { chooseTarget } from './choose-target.ts'
import type { PassThroughEndpoint } from './endpoints.ts'
import { namedProvider } from './named-provider.ts'
import { passedAttempt, passedCall } from './passed-call.ts'
import { outgoingRequest } from './passed-request.ts'
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
    const target = await chooseTarget(services, {
      principal,
      endpoint,
      model,
      provider: namedProvider(exchange),
    })
    const request = outgoingRequest(
      { exchange, endpoint, ids, target, account: principal.account, passed },
      services.settings,
    )
    const asked = { ...passed, model: target.resolution.upstreamId }
    const plan = planPassed(services, { endpoint, target, request: asked, at: startedAt })
    if (target.credential.kind === 'managed') passed.onLate(() => endpoint.meter?.assertMetered?.(asked))
    if (exchange.hasLeft()) return services.inFlight.leave()
    const resolved = passedCall({ id, exchange, startedAt, principal, target, model, stream, request })
    const held = await takeHold(services, resolved, plan)
    const call = passedAttempt(services, resolved, { plan, held })
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
