import type { Principal } from '../access/principal.ts'
import { createCallId } from '../credits/call-id.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { asGatewayError, type GatewayError } from '../errors/gateway-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { answerError } from './answer.ts'
import { authorize, type Target } from './authorize.ts'
import { dispatch } from './dispatch.ts'
import { type Envelope, readEnvelope } from './envelope.ts'
import { takeHold } from './hold.ts'
import { readBody } from './read-body.ts'
import { resolve } from './resolve.ts'
import type { CallServices } from './services.ts'
import { createFreeSettlement, createSettlement } from './settle.ts'
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
}

/** One client request, ready to go upstream. */
export interface Call extends ResolvedCall {
  readonly prepared: PreparedRequest
  /** Nano-dollars reserved. */
  readonly held: bigint
}

/** What is asked for: an endpoint's dialect, and whether its answers cost anything. */
export interface Errand {
  readonly dialect: Dialect
  /** Token counting, which no provider bills. */
  readonly free?: true
}

/**
 * The life of a call: authenticate, read the body, resolve, authorize, prepare, hold, dispatch. Relay and
 * settlement follow the upstream's events. Resolves when the request is on its way upstream or has been
 * answered; never rejects.
 */
export async function serveCall(services: CallServices, exchange: Exchange, errand: Errand): Promise<void> {
  const id = createCallId()
  services.inFlight.enter()
  try {
    const call = await begin(services, exchange, { id, ...errand })
    const settlement =
      call && (errand.free ? createFreeSettlement(services) : createSettlement(services, call))
    if (settlement) dispatch(services, call, settlement)
    else services.inFlight.leave()
  } catch (thrown) {
    services.inFlight.leave()
    refuse(services, exchange, { id, dialect: errand.dialect, error: asGatewayError(thrown) })
  }
}

interface Beginning extends Errand {
  readonly id: string
}

/** Undefined when the client has left on the way: nothing was dispatched, so nothing is charged. */
async function begin(
  services: CallServices,
  exchange: Exchange,
  { id, dialect, free }: Beginning,
): Promise<Call | undefined> {
  const resolved = await resolveCall(services, exchange, { id, dialect, exact: free === true })
  if (exchange.hasLeft()) return undefined
  const call = { ...resolved, prepared: prepareRequest(resolved, services.settings) }
  const held = free ? 0n : await takeHold(services, call)
  if (!exchange.hasLeft()) return { ...call, held }
  if (!free) await services.credits.release(id, resolved.principal.account)
  return undefined
}

async function resolveCall(
  services: CallServices,
  exchange: Exchange,
  { id, dialect, exact }: Pick<Beginning, 'id' | 'dialect'> & { readonly exact: boolean },
): Promise<ResolvedCall> {
  const startedAt = Date.now()
  const identified = services.authenticate(exchange)
  const principal = identified instanceof Promise ? await identified : identified
  const body = await readBody(exchange, services.settings.bodyBytes)
  const envelope = readEnvelope(body, dialect.id)
  const candidate = resolve(services, { dialect, envelope, exact })
  const authorized = authorize(services, principal, candidate)
  const target = authorized instanceof Promise ? await authorized : authorized
  return { id, exchange, dialect, startedAt, principal, envelope, target }
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
