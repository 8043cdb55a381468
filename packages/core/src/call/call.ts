import { createCallId } from '../credits/call-id.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { dialects } from '../dialects/dialects.ts'
import { asGatewayError, type GatewayError } from '../errors/gateway-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import { answerError } from './answer.ts'
import { authorize, type Target } from './authorize.ts'
import { dispatch } from './dispatch.ts'
import { type Envelope, readEnvelope } from './envelope.ts'
import { takeHold } from './hold.ts'
import type { Principal } from './principal.ts'
import { readBody } from './read-body.ts'
import { resolve } from './resolve.ts'
import type { CallServices } from './services.ts'

/** One client request, as far as the stages have come to know it. */
export interface Call {
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
  /** Nano-dollars reserved. */
  readonly held: bigint
}

/**
 * The life of a call: authenticate, read the body, resolve, authorize, hold, dispatch. Relay and settlement
 * follow the upstream's events. Resolves when the request is on its way upstream or has been answered.
 */
export async function serveCall(
  services: CallServices,
  exchange: Exchange,
  dialectId: DialectId,
): Promise<void> {
  const id = createCallId()
  const dialect = dialects[dialectId]
  services.inFlight.enter()
  try {
    const call = await prepare(services, exchange, { id, dialect })
    if (call) dispatch(services, call)
    else services.inFlight.leave()
  } catch (thrown) {
    services.inFlight.leave()
    refuse(services, exchange, { id, dialect, error: asGatewayError(thrown) })
  }
}

interface Beginning {
  readonly id: string
  readonly dialect: Dialect
}

/** Undefined when the client has left on the way: nothing was dispatched, so nothing is charged. */
async function prepare(
  services: CallServices,
  exchange: Exchange,
  { id, dialect }: Beginning,
): Promise<Call | undefined> {
  const startedAt = Date.now()
  const identified = services.authenticate(exchange)
  const principal = identified instanceof Promise ? await identified : identified
  const body = await readBody(exchange, services.settings.bodyBytes)
  const envelope = readEnvelope(body, dialect.id)
  const candidate = resolve(services, { dialect, envelope })
  const authorized = authorize(services, principal, candidate)
  const target = authorized instanceof Promise ? await authorized : authorized
  if (exchange.left) return undefined
  const beginning = { id, exchange, dialect, startedAt, principal, envelope, target }
  const held = await takeHold(services, beginning)
  if (!exchange.left) return { ...beginning, held }
  await services.credits.release(id, principal.account)
  return undefined
}

interface Refusal extends Beginning {
  readonly error: GatewayError
}

function refuse(services: CallServices, exchange: Exchange, { id, dialect, error }: Refusal): void {
  if (error.status >= 500) services.logger.error({ requestId: id, error }, error.message)
  if (!exchange.left) answerError(exchange.sink, { error, family: dialect.family, requestId: id })
}
