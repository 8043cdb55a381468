import { GatewayError } from '../../errors/gateway-error.ts'

type ProxyModule = typeof import('http-proxy-middleware')

let loaded: Promise<ProxyModule> | undefined

/**
 * The proxy that carries bodies through, which only those install who need it, loaded when the first one comes.
 *
 * @throws GatewayError `provider_unavailable`, as a rejection, that says what to install.
 */
export function loadProxy(): Promise<ProxyModule> {
  loaded ??= import('http-proxy-middleware').catch((cause: unknown) => {
    loaded = undefined
    const message =
      'Files are passed on by the package http-proxy-middleware, which is not installed on this server: npm install http-proxy-middleware'
    throw new GatewayError({ code: 'provider_unavailable', message, cause })
  })
  return loaded
}
