import { createCallId } from '../credits/call-id.ts'
import { countingDialects } from '../dialects/counting/counting-dialects.ts'
import { dialects } from '../dialects/dialects.ts'
import { responsesCompaction } from '../dialects/openai-responses/compaction.ts'
import { asGatewayError, GatewayError } from '../errors/gateway-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { answerError } from './answer.ts'
import { serveCall } from './call.ts'
import { servePassThrough } from './pass-through/serve-pass-through.ts'
import { serveReport } from './reports/serve-report.ts'
import { findRoute, type Route } from './routes.ts'
import { serveModels } from './serve-models.ts'
import type { CallServices } from './services.ts'
import { serveStored } from './stored-responses/serve-stored.ts'
import { refuseLoops, viaHeader } from './via.ts'

/** What happens before a request is served; an error it throws is the answer. */
export type Admission = () => GatewayError | undefined | Promise<GatewayError | undefined>

/**
 * Serves a request whose path is the gateway's. False means that it is not, and that nothing was touched.
 */
export function serve(services: CallServices, exchange: Exchange, admit: Admission): boolean {
  const route = findRoute(exchange.method, exchange.path)
  if (!route) return false
  void serveRoute({ services, exchange, route }, admit)
  return true
}

interface Routed {
  readonly services: CallServices
  readonly exchange: Exchange
  readonly route: Route
}

async function serveRoute({ services, exchange, route }: Routed, admit: Admission): Promise<void> {
  const admitted = admit()
  const refused = admitted instanceof Promise ? await admitted : admitted
  if (refused) return answer(exchange, route, refused)
  const looped = findLoop(services, exchange)
  if (looped) return answer(exchange, route, looped)
  if (route.kind === 'call' && route.named?.stream && !isEventStream(exchange))
    return answer(exchange, route, notEvents())
  switch (route.kind) {
    case 'call':
      return serveCall(services, exchange, {
        dialect: route.compacts ? responsesCompaction : dialects[route.dialect],
        named: route.named,
      })
    case 'count-tokens':
      return serveCall(services, exchange, {
        dialect: countingDialects[route.dialect],
        named: route.named,
        free: true,
      })
    case 'models':
      return serveModels(services, exchange, { requestId: createCallId() })
    case 'model':
      return serveModels(services, exchange, { requestId: createCallId(), name: route.id })
    case 'report':
      return serveReport(services, exchange, { report: route.report, requestId: createCallId() })
    case 'stored':
      return serveStored(services, exchange, route)
    case 'socket':
      return answer(exchange, route, isSocket(exchange))
    case 'pass-through':
      return servePassThrough(services, exchange, route)
    default:
      return answer(exchange, route, wrongMethod(exchange, route.allow))
  }
}

function findLoop({ mark }: CallServices, { headers }: Exchange): GatewayError | undefined {
  if (headers[viaHeader] === undefined) return undefined
  try {
    refuseLoops(headers, mark)
    return undefined
  } catch (error) {
    return asGatewayError(error)
  }
}

function answer({ sink }: Exchange, route: Route, error: GatewayError): void {
  const family = 'dialect' in route ? dialects[route.dialect].family : 'both'
  const headers: Record<string, string> = 'allow' in route ? { allow: route.allow } : {}
  answerError(sink, { error, family, requestId: createCallId(), headers })
}

/** Google's other form is one JSON list that grows. No client of today asks for it. */
function isEventStream({ search }: Exchange): boolean {
  return new URLSearchParams(search).get('alt') === 'sse'
}

function notEvents(): GatewayError {
  const message = 'Streams are sent as server-sent events only: add the query "alt=sse".'
  return new GatewayError({ code: 'invalid_request', message, param: 'alt' })
}

function isSocket({ path }: Exchange): GatewayError {
  const message = `${path} is a WebSocket: the server must be attached to the gateway, and the client must ask for an upgrade.`
  return new GatewayError({ code: 'invalid_request', message })
}

function wrongMethod({ method, path }: Exchange, allowed: string): GatewayError {
  const message = `${path} answers ${allowed}, not ${method}.`
  return new GatewayError({ code: 'method_not_allowed', message })
}

/** Answers a path that nobody knows, where there is no host to hand it on to. */
export function serveUnknown({ sink, method, path }: Exchange): void {
  const message = `Unknown request URL: ${method} ${path.slice(0, 200)}.`
  const error = new GatewayError({ code: 'unknown_url', message })
  answerError(sink, { error, family: 'both', requestId: createCallId() })
}
