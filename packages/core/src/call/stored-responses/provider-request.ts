import { bodyOf } from '../../bytes/body-bytes.ts'
import { resumableResponses } from '../../dialects/openai-responses/resumable.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { ResponseRecord } from '../../responses/response-record.ts'
import type { HeaderMap, UpstreamRequest } from '../../upstream/transport.ts'
import { chooseCredential, type Target } from '../authorize.ts'
import type { CallServices } from '../services.ts'
import { upstreamHeaders } from '../upstream-headers.ts'

/** What can be done with a stored response. */
export type StoredAction = 'read' | 'delete' | 'cancel' | 'list-input'

/**
 * Where a response is kept, and the credential it is kept under.
 *
 * @throws GatewayError, as a rejection, when the provider or the credential is not there any more.
 */
export async function keeperOf(services: CallServices, record: ResponseRecord): Promise<Target> {
  const { account, credential, model } = record
  const provider = services.providers.get(record.provider)
  if (!provider) throw providerGone(record.provider)
  const own = await services.ownCredentials(account, record.provider)
  return {
    provider,
    dialect: resumableResponses,
    planned: undefined,
    resolution: { provider: record.provider, upstreamId: model, publicId: model, entry: undefined },
    credential: chooseCredential(provider, own, credential),
  }
}

function providerGone(provider: string): GatewayError {
  const message = `The provider ${provider} that keeps this response is not set up here any more.`
  return new GatewayError({ code: 'provider_not_allowed', message })
}

const methods = { read: 'GET', delete: 'DELETE', cancel: 'POST', 'list-input': 'GET' } as const
const suffixes = { read: '', delete: '', cancel: '/cancel', 'list-input': '/input_items' } as const

export interface StoredRequest {
  readonly record: ResponseRecord
  readonly target: Target
  readonly action: StoredAction
  /** The client's own, where there is a client. */
  readonly headers?: HeaderMap
  /** The client's query with its `?`, or ''. */
  readonly search?: string
}

/** A request for something that the provider keeps. */
export function requestStored(services: CallServices, request: StoredRequest): UpstreamRequest {
  const { record, target, action, headers = {}, search = '' } = request
  const { provider, dialect } = target
  const { answerTimeout, idleTimeout } = services.settings
  const named = { model: record.model, stream: false }
  const base = provider.definition.endpoints?.[dialect.id]?.path(named) ?? dialect.upstreamPath(named)
  return {
    method: methods[action],
    origin: provider.origin,
    path: `${provider.basePath}${base}/${encodeURIComponent(record.id)}${suffixes[action]}${query(provider.search, search)}`,
    headers: upstreamHeaders(headers, { target, account: record.account }, {}),
    body: action === 'cancel' ? bodyOf([]) : undefined,
    headersTimeout: answerTimeout,
    bodyTimeout: idleTimeout,
  }
}

/** The client's query and the provider's own, which wins; an access key in it is not the provider's to see. */
function query(own: string, client: string): string {
  const joined = new URLSearchParams(client)
  joined.delete('key')
  for (const [name, value] of new URLSearchParams(own)) joined.set(name, value)
  return joined.size === 0 ? '' : `?${joined}`
}
