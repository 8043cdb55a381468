import type { WireText } from '../bytes/wire-text.ts'
import { asGatewayError, GatewayError } from '../errors/gateway-error.ts'
import type { HeaderMap, UpstreamControl, UpstreamReceiver } from '../upstream/transport.ts'
import { answerError } from './answer.ts'
import type { Failure } from './attempts/failure.ts'
import { answerLimit } from './attempts/time-limits.ts'
import type { Call } from './call.ts'
import { muteOnLeave } from './muted-sink.ts'
import { collectError, refuseAnswer } from './relay-error.ts'
import { relayJson } from './relay-json.ts'
import { relayStream } from './relay-stream.ts'
import type { CallServices } from './services.ts'
import type { Settlement } from './settle.ts'
import { keepStream } from './stored-responses/keep-stream.ts'
import type { PreparedRequest } from './upstream-request.ts'

/** One try at one upstream, as the relays see it. */
export interface Attempt {
  readonly services: CallServices
  readonly call: Call
  readonly prepared: PreparedRequest
  readonly settlement: Settlement
  readonly control: UpstreamControl
  readonly status: number
  readonly headers: HeaderMap
  /** No answer has come of it, and its client has seen nothing of one: something else may be tried. */
  fail(failure: Failure): void
  /** It speaks for the call from now on, and no other does. */
  claim(): void
}

/** What follows an attempt. */
export interface Following {
  readonly settlement: Settlement
  onFailure(attempt: Attempt, failure: Failure): void
  /** @param withdraw Ends the attempt without a word. */
  onLive?(withdraw: () => void): void
  onClaim?(): void
}

/** What a relay does with the rest of an answer once its status is known. */
export interface Relay {
  data(chunk: WireText): void
  ended(): void
  failed(error: Error): void
  /** The client has gone; the upstream has been aborted already. */
  left(): void
  /** Another attempt answers in its place. */
  withdrawn?(): void
}

/**
 * Sends the call upstream and hands the answer to the relay that fits it: an error, a stream or a whole
 * JSON body. From here on events drive the call, and exactly one of them settles it.
 */
export function dispatch(services: CallServices, call: Call, following: Following): void {
  const { target, prepared } = call
  const drains = services.settings.drain > 0
  const shown = drains ? { ...call, exchange: muteOnLeave(call.exchange) } : call
  const receiver = createReceiver(services, shown, following)
  try {
    target.provider.transport.dispatch(prepared.request, receiver)
  } catch (error) {
    receiver.failed(error as Error)
  }
}

function createReceiver(
  services: CallServices,
  call: Call,
  { settlement, onFailure, onLive, onClaim }: Following,
): UpstreamReceiver {
  let relay: Relay | undefined
  let control!: UpstreamControl
  let finished = false
  let patience: NodeJS.Timeout | undefined
  let late: GatewayError | undefined
  const { drain } = services.settings
  const claim = () => onClaim?.()
  const begin = (status: number, headers: HeaderMap) => {
    const { prepared } = call
    const attempt: Attempt = {
      services,
      call,
      prepared,
      settlement,
      control,
      status,
      headers,
      fail: (failure) => onFailure(attempt, failure),
      claim,
    }
    return chooseRelay(attempt)
  }
  /** What a relay throws is a fault of ours: it must not leave a call without an end. */
  const guarded = (act: (current: Relay) => void) => {
    try {
      relay ??= begin(0, {})
      act(relay)
    } catch (error) {
      finished = true
      claim()
      control.abort()
      breakDown({ services, call, settlement, relay }, error)
    }
  }
  const finish = (act: (current: Relay) => void) => {
    if (finished) return
    finished = true
    clearTimeout(patience)
    guarded(act)
  }
  const leave = () =>
    finish((current) => {
      claim()
      // Of a request that had not even gone out nobody has taken anything in.
      if (!control.wasSent()) settlement.release()
      control.abort()
      current.left()
    })
  return {
    opened(opened) {
      control = opened
      onLive?.(() => {
        finished = true
        clearTimeout(patience)
        relay?.withdrawn?.()
        control.abort()
      })
      const limit = answerLimit(services.settings, call)
      if (limit > 0)
        patience = setTimeout(() => {
          late = tooLate(call, limit)
          control.abort()
        }, limit)
      call.exchange.onLeave(() => {
        if (drain === 0 || finished || !control.wasSent()) return leave()
        // A client that read slowly may have held the answer up.
        control.resume()
        clearTimeout(patience)
        patience = setTimeout(leave, drain)
      })
    },
    responded(status, headers) {
      if (!finished) relay = begin(status, headers)
    },
    data(chunk) {
      if (!finished) guarded((current) => current.data(chunk))
    },
    ended: () => finish((current) => current.ended()),
    failed: (error) => finish((current) => current.failed(late ?? error)),
  }
}

interface Broken extends Pick<Attempt, 'services' | 'call' | 'settlement'> {
  readonly relay: Relay | undefined
}

/** What a stream has delivered is charged; an answer that nobody got to see is free. */
function breakDown({ services, call, settlement, relay }: Broken, thrown: unknown): void {
  const { id: requestId, exchange, dialect, envelope } = call
  const error = asGatewayError(thrown)
  services.logger.error({ requestId, error }, 'The answer of a provider could not be relayed.')
  try {
    if (envelope.stream) relay?.left()
  } finally {
    settlement.free('failed', error)
    // The status of a stream may be out already.
    if (envelope.stream) exchange.sink.fail()
    else if (!exchange.hasLeft()) answerError(exchange.sink, { error, family: dialect.family, requestId })
  }
}

function tooLate({ target }: Call, limit: number): GatewayError {
  const message = `The provider ${target.provider.definition.id} did not answer within ${limit} ms.`
  return new GatewayError({ code: 'upstream_timeout', message })
}

function chooseRelay(attempt: Attempt): Relay {
  if (attempt.status >= 300) return collectError(attempt)
  if (!attempt.call.envelope.stream) return relayJson(attempt)
  // Without a status the connection failed, or the client left, before the answer began.
  const streams =
    attempt.status === 0 || String(attempt.headers['content-type']).startsWith('text/event-stream')
  return streams ? relayKept(attempt) : refuseAnswer(attempt)
}

function relayKept(attempt: Attempt): Relay {
  const relay = relayStream(attempt)
  const { keeper } = attempt.call
  const fail = (error: unknown) => breakDown({ ...attempt, relay }, error)
  return keeper ? keepStream(attempt, keeper, { relay, fail }) : relay
}
