import { GatewayError } from '../errors/gateway-error.ts'
import type { ProviderDefinition } from './provider.ts'

/**
 * Checks a base URL that an operator gave and brings it into the form of `ProviderDefinition.baseUrl`: no
 * trailing slash, with the version segment where the provider's URL is usually written without one.
 *
 * @param source the option or variable it came from, for the message: `providers.local.baseUrl`
 * @throws GatewayError `invalid_request` with `param` = source: not a URL, credentials or a query in it, or
 * plain http to another machine, which would send keys and prompts in the clear
 */
export function readBaseUrl(
  text: string,
  source: string,
  provider?: Pick<ProviderDefinition, 'impliedVersion'>,
): string {
  const url = URL.canParse(text) ? new URL(text) : refuse(source, 'must be an absolute URL.')
  if (url.username || url.password) refuse(source, 'must not hold a user name or password.')
  if (url.search || url.hash) refuse(source, 'must have neither a query nor a fragment.')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    refuse(source, 'must begin with https://; http:// is for localhost, 127.0.0.1 and [::1] only.')
  }
  const base = url.origin + url.pathname.replace(/\/+$/, '')
  const version = provider?.impliedVersion
  return version && !base.endsWith(version) ? base + version : base
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}

function refuse(source: string, demand: string): never {
  throw new GatewayError({ code: 'invalid_request', message: `${source} ${demand}`, param: source })
}
