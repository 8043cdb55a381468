import { GatewayError } from '../../../errors/gateway-error.ts'
import { renderErrorBody } from '../../../errors/render.ts'
import { acceptSocket } from '../../../sockets/accept-socket.ts'
import type { FrameSocket } from '../../../sockets/frame-socket.ts'
import { chooseTarget } from '../../pass-through/choose-target.ts'
import type { PassThroughEndpoint } from '../../pass-through/endpoints.ts'
import { namedProvider } from '../../pass-through/named-provider.ts'
import type { CallServices } from '../../services.ts'
import type { SocketRequest } from '../serve-upgrade.ts'
import type { SocketSession } from '../session.ts'
import { bridge } from './bridge.ts'
import { carryClient } from './carry-client.ts'
import { createClientFrames } from './client-frames.ts'
import { connectProvider } from './connect-provider.ts'
import { createRealtimeMeter } from './realtime-meter.ts'
import { createServerFrames } from './server-frames.ts'
import { createTurns, type SessionFacts } from './turns.ts'

/** Of the whole endpoint only its model's kind is asked for: turns have holds of their own. */
const endpoint: PassThroughEndpoint = {
  method: 'GET',
  path: '/realtime',
  dialect: 'openai-realtime',
  body: 'none',
  meter: { kind: 'realtime', bound: () => ({}), estimate: () => ({}) },
}

/** A refusal that is told over an open socket. */
const closeCode = 1008

/**
 * A realtime session: the client's socket and the provider's, with a meter between them. Nothing is accepted from the
 * client before it is known, its credits are held and its provider has answered.
 *
 * @throws GatewayError, as a rejection, while the client can still be answered.
 */
export async function serveRealtime(services: CallServices, request: SocketRequest): Promise<void> {
  const { exchange, upgrade, subprotocols, id } = request
  const principal = await services.authenticate(exchange)
  const model = new URLSearchParams(exchange.search).get('model') ?? undefined
  if (model === undefined || model === '') throw modelRequired()
  const provider = namedProvider(exchange)
  const target = await chooseTarget(services, { principal, endpoint, model, provider })
  const facts: SessionFacts = {
    exchange,
    principal,
    target,
    model,
    stream: true,
    request: { method: 'GET', origin: '', path: '', headers: {}, headersTimeout: 0, bodyTimeout: 0 },
  }
  const meter = createRealtimeMeter()
  let refuse = (_error: GatewayError) => {}
  const turns = createTurns({ services, facts, meter, onRefused: (error) => refuse(error) })
  await turns.ready()
  let upstream: FrameSocket | undefined
  try {
    upstream = await connectProvider(services, { exchange, target, account: principal.account, subprotocols })
    const client = await acceptSocket(upgrade, {
      protocol: subprotocols.answered,
      maxPayload: services.settings.bodyBytes,
      heartbeatMs: services.settings.heartbeat,
    })
    refuse = runSession({
      services,
      id,
      client,
      upstream,
      turns,
      frames: createServerFrames(turns, meter),
      reader: createClientFrames({ services, target, meter }),
    })
  } catch (error) {
    upstream?.terminate()
    turns.end(false)
    throw error
  }
}

interface Session {
  readonly services: CallServices
  readonly id: string
  readonly client: FrameSocket
  readonly upstream: FrameSocket
  readonly turns: ReturnType<typeof createTurns>
  readonly frames: ReturnType<typeof createServerFrames>
  readonly reader: ReturnType<typeof createClientFrames>
}

/** Returns what ends the session with an error. */
function runSession(session: Session): (error: GatewayError) => void {
  const { services, client, upstream, turns, frames, reader } = session
  const tell = (error: GatewayError) => void client.send(errorEvent(session.id, error))
  const refuse = (error: GatewayError) => {
    finish()
    tell(error)
    client.close(closeCode, error.code)
  }
  let isDraining = false
  const finish = () => {
    services.sockets.delete(ending)
    turns.end(frames.underWay() > 0)
    upstream.terminate()
  }
  const leave = () => {
    if (!isDraining || frames.underWay() > 0) return
    finish()
    client.close(1001, 'The gateway is shutting down.')
  }
  const ending: SocketSession = {
    drain() {
      isDraining = true
      leave()
    },
    cut() {
      finish()
      client.close(1001, 'The gateway is shutting down.')
    },
  }
  services.sockets.add(ending)
  carryClient({ client, upstream, turns, reader, tell, refuse })
  bridge(upstream, client, (text) => {
    frames.read(text)
    // After the frame itself has gone out.
    if (isDraining) setImmediate(leave)
    return text
  })
  // Who leaves takes the upstream along.
  client.onClose(finish)
  upstream.onClose((code) => {
    finish()
    client.close(code === 1000 ? 1000 : 1011, 'The provider closed the session.')
  })
  upstream.resume()
  return refuse
}

function errorEvent(id: string, error: GatewayError): string {
  return JSON.stringify({ type: 'error', event_id: id, ...renderErrorBody(error, 'openai', id) })
}

function modelRequired(): GatewayError {
  const message = 'The query "model" is required: /v1/realtime?model=gpt-realtime.'
  return new GatewayError({ code: 'invalid_request', message, param: 'model' })
}
