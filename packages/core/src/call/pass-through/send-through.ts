import { asGatewayError } from '../../errors/gateway-error.ts'
import type { UpstreamControl, UpstreamReceiver } from '../../upstream/transport.ts'
import { answerError } from '../answer.ts'
import { endCall } from '../attempts/end-call.ts'
import type { Call } from '../call.ts'
import type { Attempt, Relay } from '../dispatch.ts'
import { collectError } from '../relay-error.ts'
import type { CallServices } from '../services.ts'
import type { Settlement } from '../settle.ts'
import { isKept, type OutgoingRequest } from './passed-request.ts'
import { type Estimate, relayThrough } from './relay-through.ts'

export interface Through {
  readonly services: CallServices
  readonly call: Call
  readonly settlement: Settlement
  readonly request: OutgoingRequest
  readonly estimate: Estimate
}

/** Sends a request upstream: what was read on kept connections, what streams past everybody by itself. */
export function sendThrough(through: Through): void {
  const { services, call, request } = through
  const { body, ...head } = request
  const receiver = createReceiver(through)
  try {
    if (body === undefined || isKept(body))
      call.target.provider.transport.dispatch({ ...head, body }, receiver)
    else services.bodies.dispatch({ ...head, body }, receiver)
  } catch (error) {
    receiver.failed(error as Error)
  }
}

/** Exactly one of its events ends the call. */
function createReceiver({ services, call, settlement, estimate }: Through): UpstreamReceiver {
  let relay: Relay | undefined
  let control!: UpstreamControl
  let isOver = false
  const begin = (status: number, headers: Attempt['headers']): Relay => {
    const attempt: Attempt = {
      services,
      call,
      prepared: call.prepared,
      settlement,
      control,
      status,
      headers,
      fail: (failure) => {
        call.watch?.failed(failure)
        endCall(attempt, failure, 'stop')
      },
      claim() {},
    }
    return status >= 300 ? collectError(attempt) : relayThrough(attempt, estimate)
  }
  const guarded = (act: (current: Relay) => void) => {
    try {
      relay ??= begin(0, {})
      act(relay)
    } catch (error) {
      isOver = true
      control.abort()
      breakDown({ services, call, settlement }, error)
    }
  }
  const finish = (act: (current: Relay) => void) => {
    if (isOver) return
    isOver = true
    guarded(act)
  }
  const leave = () =>
    finish((current) => {
      if (!control.wasSent()) settlement.release()
      control.abort()
      current.left()
    })
  return {
    opened(opened) {
      control = opened
      call.exchange.onLeave(leave)
    },
    responded(status, headers) {
      if (!isOver) relay = begin(status, headers)
    },
    data(chunk) {
      if (!isOver) guarded((current) => current.data(chunk))
    },
    ended: () => finish((current) => current.ended()),
    failed: (error) => finish((current) => current.failed(error)),
  }
}

type Broken = Pick<Through, 'services' | 'call' | 'settlement'>

function breakDown({ services, call, settlement }: Broken, thrown: unknown): void {
  const error = asGatewayError(thrown)
  services.logger.error({ requestId: call.id, error }, 'The answer of a provider could not be relayed.')
  settlement.free('failed', error)
  try {
    answerError(call.exchange.sink, { error, family: 'openai', requestId: call.id })
  } catch {
    // The status is out already.
    call.exchange.sink.fail()
  }
}
