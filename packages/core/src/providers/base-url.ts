import { GatewayError } from '../errors/gateway-error.ts'
import { hostKind } from './network/host-kind.ts'

export interface BaseUrlTerms {
  /** The version segment that is added where it is missing; see `ProviderDefinition`. */
  readonly impliedVersion?: string | undefined
  /** Plain http is taken to networks of one's own, and to the link-local address that is written there. */
  readonly allowPrivateNetwork?: boolean | undefined
}

/** Longest base URL, in characters. */
const longest = 2048

/**
 * Checks a base URL that an operator gave and brings it into the form of `ProviderDefinition.baseUrl`: no
 * trailing slash, with the version segment where the provider's URL is usually written without one. Its query is
 * kept, and sent with every request.
 *
 * @param source the option or variable it came from, for the message: `providers.local.baseUrl`
 * @throws GatewayError `invalid_request` with `param` = source: not a URL, credentials in it, or plain http to
 * another machine, which would send keys and prompts in the clear
 */
export function readBaseUrl(text: string, source: string, terms: BaseUrlTerms = {}): string {
  if (text.length > longest) refuse(source, `must have at most ${longest} characters.`)
  const url = URL.canParse(text) ? new URL(text) : refuse(source, 'must be an absolute URL.')
  if (url.username || url.password) refuse(source, 'must not hold a user name or password.')
  if (url.hash) refuse(source, 'must have no fragment.')
  if ([...url.searchParams.keys()].some(isCredentialName)) {
    refuse(source, 'must not hold a credential in its query; give it as the key, or as a header.')
  }
  refuseHost(url, source, terms.allowPrivateNetwork ?? false)
  const base = url.origin + url.pathname.replace(/\/+$/, '')
  const { impliedVersion: version } = terms
  return (version && !base.endsWith(version) ? base + version : base) + url.search
}

function refuseHost({ protocol, hostname }: URL, source: string, allowsPrivate: boolean): void {
  const kind = hostKind(hostname)
  if (kind === 'link-local' && !allowsPrivate) {
    refuse(source, 'leads to a link-local address, where clouds keep credentials of their machines.')
  }
  if (protocol === 'https:') return
  if (protocol === 'http:' && (kind === 'loopback' || (allowsPrivate && kind !== 'public'))) return
  refuse(
    source,
    'must begin with https://; http:// is for localhost, 127.0.0.1 and [::1] and, with the option ' +
      'allowPrivateNetwork, for private networks.',
  )
}

/** What is in a query is in the logs of every machine on the way. */
export function isCredentialName(name: string): boolean {
  return /^(api[-_]?key|key|access[-_]?token|token|secret|authorization)$/i.test(name)
}

function refuse(source: string, demand: string): never {
  throw new GatewayError({ code: 'invalid_request', message: `${source} ${demand}`, param: source })
}
