import type { Readable } from 'node:stream'
import type { BodyBytes } from '../../bytes/body-bytes.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { UpstreamRequest } from '../../upstream/transport.ts'
import type { Target } from '../authorize.ts'
import { pathSegment } from '../path-segment.ts'
import type { CallSettings } from '../services.ts'
import { upstreamHeaders } from '../upstream-headers.ts'
import type { PassThroughEndpoint } from './endpoints.ts'
import type { OutgoingBody, Passed } from './read-passed.ts'

/** A request as it goes to its provider. */
export type OutgoingRequest = Omit<UpstreamRequest, 'body'> & { readonly body: OutgoingBody }

export interface Outgoing {
  readonly exchange: Exchange
  readonly endpoint: PassThroughEndpoint
  readonly ids: readonly string[]
  readonly target: Target
  readonly account: string
  readonly passed: Passed
}

/**
 * The client's body under the provider's address, with headers by allow-list and one credential.
 *
 * @throws GatewayError `invalid_request` for an id that is none.
 */
export function outgoingRequest(outgoing: Outgoing, settings: CallSettings): OutgoingRequest {
  const { exchange, endpoint, ids, target, passed } = outgoing
  const { provider, resolution } = target
  const rest = [...ids]
  const path = endpoint.path.replaceAll(':id', () => pathSegment(rest.shift() as string))
  const body = passed.body(resolution.upstreamId)
  return {
    method: endpoint.method,
    origin: provider.origin,
    path: `${provider.basePath}${path}${queryOf(exchange.search, provider.search)}`,
    headers: headersOf(outgoing, body),
    body,
    headersTimeout: settings.answerTimeout,
    bodyTimeout: settings.idleTimeout,
  }
}

/** Headers that belong to a body, of which a form's boundary is one. */
function headersOf({ exchange, target, account, passed }: Outgoing, body: OutgoingBody) {
  const headers = upstreamHeaders(exchange.headers, { target, account }, {})
  delete headers['content-type']
  if (body === undefined) return headers
  const { 'content-type': type, 'content-encoding': encoding } = exchange.headers
  if (typeof type === 'string') headers['content-type'] = type
  if (isKept(body)) return headers
  if (typeof encoding === 'string') headers['content-encoding'] = encoding
  const length = passed.length(target.resolution.upstreamId)
  if (length !== undefined) headers['content-length'] = String(length)
  return headers
}

/** True for a body that has been read. */
export function isKept(body: BodyBytes | Readable): body is BodyBytes {
  return 'pieces' in body
}

/** Names in the query that are ours: the access key, the provider that was named. */
const ours = ['key', 'provider']

/** The client's query and the provider's own, which wins. */
export function queryOf(client: string, own: string): string {
  if (client === '' && own === '') return ''
  const query = new URLSearchParams(client)
  for (const name of ours) query.delete(name)
  for (const [name, value] of new URLSearchParams(own)) query.set(name, value)
  return query.size === 0 ? '' : `?${query}`
}
