import { sha256 } from '../dialects/sha256.ts'
import type { CredentialHeader } from '../providers/provider.ts'
import type { HeaderMap } from '../upstream/transport.ts'
import type { Target } from './authorize.ts'
import { passOn, viaHeader } from './via.ts'

/** Client headers that any provider may see. Everything that is not listed stays here. */
const forwarded = ['accept', 'idempotency-key'] as const

/** Names what carried the call, behind the client's own words. */
const product = 'tollgate/0.1'

export interface Addressed {
  readonly target: Target
  /** For whom. */
  readonly account: string
}

/**
 * Headers of the upstream request, by allow-list. The client's credentials, cookies and hop-by-hop headers
 * have no way through, and exactly one credential is set. Answers are asked for uncompressed, because a
 * meter reads them.
 */
export function upstreamHeaders(
  client: HeaderMap,
  { target, account }: Addressed,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  const { provider, credential } = target
  const { definition } = provider
  const headers: Record<string, string> = { ...definition.defaultHeaders }
  for (const name of forwarded) copy(client, name, headers)
  for (const name of definition.forwardedHeaders) copy(client, name, headers)
  if (credential.kind === 'managed') keepApart(headers, account)
  Object.assign(headers, provider.headers, added)
  headers['content-type'] = 'application/json'
  headers['accept-encoding'] = 'identity'
  headers[viaHeader] = passOn(client, provider.mark)
  const agent = client['user-agent']
  headers['user-agent'] = typeof agent === 'string' ? `${agent} ${product}` : product
  if (credential.secret !== undefined) {
    const own = definition.endpoints?.[target.dialect.id]?.credentialHeader
    setCredential(headers, own ?? definition.credentialHeader, credential.secret)
  }
  return headers
}

/** Accounts share the operator's credential: a key that one of them chose must not bring it another's answer. */
function keepApart(headers: Record<string, string>, account: string): void {
  const key = headers['idempotency-key']
  if (key === undefined) return
  headers['idempotency-key'] = sha256(`${account}\n${key}`)
}

function copy(client: HeaderMap, name: string, headers: Record<string, string>): void {
  const value = client[name]
  if (typeof value === 'string') headers[name] = value
}

function setCredential(headers: Record<string, string>, style: CredentialHeader, secret: string): void {
  if (style === 'bearer') headers.authorization = `Bearer ${secret}`
  else headers[style] = secret
}
