import { GatewayError } from '../errors/gateway-error.ts'
import type { HeaderMap } from '../upstream/transport.ts'

const tokenPrefix = 'tg_'

/** True for what is meant to be an access key, whether or not it is a good one. */
export function isAccessKey(credential: string): boolean {
  return credential.startsWith(tokenPrefix)
}

/** True for what is meant for the control plane, and opens no calls. */
export function isManagementKey(credential: string): boolean {
  return credential.startsWith('tgm_')
}

/** Where clients of the several providers put their key, beside `authorization`. */
const keyHeaders = ['x-api-key', 'api-key', 'x-goog-api-key'] as const

/**
 * The credential of a request: `authorization: Bearer`, `x-api-key`, `api-key`, `x-goog-api-key` or the query's
 * `key`, on every dialect alike. Some clients send two, one of them with a placeholder, so an access key comes
 * before anything else.
 *
 * @param search The query with its `?`, or ''.
 * @throws GatewayError `invalid_api_key` when two access keys are sent.
 */
export function readCredential(headers: HeaderMap, search = ''): string | undefined {
  const { authorization } = headers
  // What nearly every request has: one access key, sent in one way.
  if (typeof authorization === 'string' && search === '' && isAlone(headers)) {
    const key = /^Bearer (tg_\w+)$/.exec(authorization)?.[1]
    if (key !== undefined) return key
  }
  const sent = [
    ...bearers(headers.authorization),
    ...keyHeaders.flatMap((name) => values(headers[name])),
    ...queried(search),
  ]
  const keys = new Set(sent.filter(isAccessKey))
  if (keys.size > 1) {
    throw new GatewayError({
      code: 'invalid_api_key',
      message: 'The request carries two different access keys.',
    })
  }
  const [key] = keys
  return key ?? sent[0]
}

function isAlone(headers: HeaderMap): boolean {
  return keyHeaders.every((name) => headers[name] === undefined)
}

/** Google's older way. Anything else of this name is the host's own. */
function queried(search: string): string[] {
  if (!search.includes('key=')) return []
  return new URLSearchParams(search).getAll('key').filter(isAccessKey)
}

function values(header: HeaderMap[string]): string[] {
  const all = header === undefined ? [] : typeof header === 'string' ? [header] : header
  return all.map((value) => value.trim()).filter((value) => value !== '')
}

function bearers(header: HeaderMap[string]): string[] {
  return values(header).flatMap((value) => /^bearer\s+(\S+)$/i.exec(value)?.[1] ?? [])
}
