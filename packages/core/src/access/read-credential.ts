import { GatewayError } from '../errors/gateway-error.ts'
import type { HeaderMap } from '../upstream/transport.ts'

const tokenPrefix = 'tg_'

/** True for what is meant to be an access key, whether or not it is a good one. */
export function isAccessKey(credential: string): boolean {
  return credential.startsWith(tokenPrefix)
}

/**
 * The credential of a request: `authorization: Bearer` or `x-api-key`, on every dialect alike. Some clients
 * send both, one of them with a placeholder, so an access key comes before anything else.
 *
 * @throws GatewayError `invalid_api_key` when two access keys are sent.
 */
export function readCredential(headers: HeaderMap): string | undefined {
  const { authorization } = headers
  // What nearly every request has: one access key, sent in one way.
  if (typeof authorization === 'string' && headers['x-api-key'] === undefined) {
    const key = /^Bearer (tg_\w+)$/.exec(authorization)?.[1]
    if (key !== undefined) return key
  }
  const sent = [...bearers(headers.authorization), ...values(headers['x-api-key'])]
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

function values(header: HeaderMap[string]): string[] {
  const all = header === undefined ? [] : typeof header === 'string' ? [header] : header
  return all.map((value) => value.trim()).filter((value) => value !== '')
}

function bearers(header: HeaderMap[string]): string[] {
  return values(header).flatMap((value) => /^bearer\s+(\S+)$/i.exec(value)?.[1] ?? [])
}
