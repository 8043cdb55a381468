import { toWire, type WireText } from '../bytes/wire-text.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import { type ErrorFamily, errorHeaders, renderErrorBody } from '../errors/render.ts'
import type { Sink } from '../exchange/exchange.ts'

/** Headers of every answer; both clients' names for the request id are sent. */
export function idHeaders(requestId: string): Record<string, string> {
  return { 'tollgate-request-id': requestId, 'x-request-id': requestId, 'request-id': requestId }
}

export interface ErrorAnswer {
  readonly error: GatewayError
  readonly family: ErrorFamily
  readonly requestId: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends an error as a JSON body of the client's family of dialects. */
export function answerError(sink: Sink, { error, family, requestId, headers }: ErrorAnswer): void {
  answerJson(sink, {
    status: error.status,
    headers: { ...idHeaders(requestId), ...headers, ...errorHeaders(error) },
    body: toWire(JSON.stringify(renderErrorBody(error, family, requestId))),
  })
}

export interface JsonAnswer {
  readonly status: number
  /** Made for this answer: two are added. */
  readonly headers: Record<string, string>
  readonly body: WireText
}

export function answerJson(sink: Sink, { status, headers, body }: JsonAnswer): void {
  headers['content-type'] ??= 'application/json'
  headers['content-length'] = String(body.length)
  sink.start(status, headers)
  sink.end(body)
}
