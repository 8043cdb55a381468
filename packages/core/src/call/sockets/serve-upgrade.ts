import { createCallId } from '../../credits/call-id.ts'
import { asGatewayError, GatewayError } from '../../errors/gateway-error.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { readSubprotocols, type Subprotocols } from '../../sockets/subprotocols.ts'
import type { Upgrade } from '../../sockets/upgrade.ts'
import { upgradeExchange } from '../../sockets/upgrade-exchange.ts'
import { answerError } from '../answer.ts'
import { prefixes } from '../routes.ts'
import type { Admission } from '../serve.ts'
import type { CallServices } from '../services.ts'
import { refuseLoops, viaHeader } from '../via.ts'
import { serveRealtime } from './realtime/serve-realtime.ts'
import { serveResponsesSocket } from './responses/serve-responses-socket.ts'

/** A request for a WebSocket, once it is clear that it is one. */
export interface SocketRequest {
  readonly id: string
  readonly exchange: Exchange
  readonly upgrade: Upgrade
  readonly subprotocols: Subprotocols
  /** What happens before a request that comes over it is served. */
  readonly admit: Admission
}

type ServeSocket = (services: CallServices, request: SocketRequest) => Promise<void>

/** Endpoints that speak WebSocket, without their prefix. */
export const socketEndpoints: Readonly<Record<string, ServeSocket>> = {
  '/realtime': serveRealtime,
  '/responses': serveResponsesSocket,
}

/** Serves an upgrade whose path is the gateway's. False means that it is not, and that nothing was touched. */
export function serveUpgrade(services: CallServices, upgrade: Upgrade, admit: Admission): boolean {
  const [path = ''] = upgrade.url.split('?', 1)
  const prefix = prefixes
    .toSorted((left, right) => right.length - left.length)
    .find((each) => path.startsWith(each))
  const name = path.slice(prefix?.length).replace(/\/$/, '')
  if (!Object.hasOwn(socketEndpoints, name)) return false
  void open(services, upgrade, { admit, serve: socketEndpoints[name] as ServeSocket })
  return true
}

interface Opening {
  readonly admit: Admission
  readonly serve: ServeSocket
}

async function open(services: CallServices, upgrade: Upgrade, { admit, serve }: Opening): Promise<void> {
  const id = createCallId()
  // Nobody else listens yet, and an error without a listener would end the process.
  upgrade.socket.on('error', () => {})
  const subprotocols = readSubprotocols(upgrade.request.headers['sec-websocket-protocol'])
  const exchange = upgradeExchange(upgrade, subprotocols)
  try {
    assertUpgrade(upgrade)
    if (exchange.headers[viaHeader] !== undefined) refuseLoops(exchange.headers, services.mark)
    const refused = await admit()
    if (refused) throw refused
    await serve(services, { id, exchange, upgrade, subprotocols, admit })
  } catch (thrown) {
    if (exchange.hasLeft()) return
    const error = asGatewayError(thrown)
    if (error.status >= 500) services.logger.error({ requestId: id, error }, error.message)
    answerError(exchange.sink, { error, family: 'openai', requestId: id })
  }
}

/** What another reader could take for two requests is none. */
function assertUpgrade({ request }: Upgrade): void {
  const { headers, method } = request
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  const isWebSocket =
    headers.upgrade?.toLowerCase() === 'websocket' && headers['sec-websocket-version'] === '13'
  const key = headers['sec-websocket-key']
  if (method === 'GET' && isWebSocket && !hasBody && key !== undefined && /^[\w+/]{22}==$/.test(key)) return
  const message = 'This is no request for a WebSocket: it must be a GET without a body, of version 13.'
  throw new GatewayError({ code: 'invalid_request', message })
}
