import type { ConfiguredProvider } from './call/services.ts'
import type { GatewayMark } from './call/via.ts'
import type { ProviderSetup } from './options/configure-providers.ts'
import { sandboxProvider } from './providers/sandbox/sandbox-provider.ts'
import { decodeEventStreams } from './upstream/event-stream/decode-event-streams.ts'
import { createHttpTransport, type HttpTransport } from './upstream/http-transport.ts'
import { createSandboxTransport } from './upstream/sandbox-transport.ts'
import { signRequests } from './upstream/signing/sign-requests.ts'
import type { BodyTransport } from './upstream/streamed/body-transport.ts'
import { createProxyTransport } from './upstream/streamed/proxy-transport.ts'
import type { Transport } from './upstream/transport.ts'

/** The ways to providers. */
export interface Transports {
  readonly http: HttpTransport
  readonly sandbox: Transport
  readonly bodies: BodyTransport
  /** Closes every connection to providers. */
  close(): Promise<void>
}

export function createTransports(): Transports {
  const http = createHttpTransport()
  const sandbox = createSandboxTransport()
  const bodies = createProxyTransport()
  return {
    http,
    sandbox,
    bodies,
    async close() {
      await Promise.all([http.close(), sandbox.close(), bodies.close()])
    },
  }
}

export interface Surroundings {
  readonly transports: Pick<Transports, 'http' | 'sandbox'>
  readonly mark: GatewayMark
}

/** A provider as calls reach it. */
export function reachProvider(setup: ProviderSetup, { transports, mark }: Surroundings): ConfiguredProvider {
  const { definition, baseUrl, apiKey, keyless, headers, createSigner } = setup
  const url = new URL(baseUrl)
  const plain = setup.id === sandboxProvider.id ? transports.sandbox : transports.http
  const readable = definition.cloud?.eventStreams ? decodeEventStreams(plain) : plain
  const signer = createSigner?.(plain)
  return {
    definition,
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    search: setup.search,
    apiKey,
    keyless: keyless || signer !== undefined,
    headers,
    parameters: setup.parameters,
    mark,
    transport: signer ? signRequests(readable, signer) : readable,
    ...(signer && { madeSecrets: signer.secrets }),
  }
}
