import type { WireText } from '../../../bytes/wire-text.ts'
import type { Exchange } from '../../../exchange/exchange.ts'
import { connectSocket, type Refused } from '../../../sockets/connect-socket.ts'
import type { FrameSocket } from '../../../sockets/frame-socket.ts'
import type { Subprotocols } from '../../../sockets/subprotocols.ts'
import { guardedLookup, metadataAddresses } from '../../../upstream/http1/guarded-lookup.ts'
import { mapTransportError, mapUpstreamError } from '../../../upstream/map-error.ts'
import type { Target } from '../../authorize.ts'
import { queryOf } from '../../pass-through/passed-request.ts'
import { withoutSecrets } from '../../relay-error.ts'
import type { CallServices } from '../../services.ts'
import { upstreamHeaders } from '../../upstream-headers.ts'

const lookup = guardedLookup(metadataAddresses)

export interface ProviderSession {
  readonly exchange: Exchange
  readonly target: Target
  readonly account: string
  readonly subprotocols: Subprotocols
}

/** One event may hold a whole picture or a minute of sound. */
const maxPayload = 67_108_864

/** Headers that have no place in a request for a WebSocket. */
const ofBodies = ['content-type', 'accept-encoding', 'accept', 'idempotency-key']

/**
 * Opens the provider's socket, with its own credential and nothing of the client's. It is paused.
 *
 * @throws GatewayError, as a rejection.
 */
export async function connectProvider(
  services: CallServices,
  session: ProviderSession,
): Promise<FrameSocket> {
  const { exchange, target, account, subprotocols } = session
  const { provider, credential } = target
  const leaving = new AbortController()
  exchange.onLeave(() => leaving.abort())
  const headers = upstreamHeaders(exchange.headers, { target, account }, {})
  for (const name of ofBodies) delete headers[name]
  const answer = await connectSocket({
    url: addressOf(session),
    headers,
    protocols: subprotocols.forwarded,
    handshakeMs: services.settings.firstEventTimeout,
    lookup,
    maxPayload,
    signal: leaving.signal,
  }).catch((error: unknown): never => {
    throw mapTransportError(error as Error, provider.definition.id)
  })
  if (!isRefused(answer)) return answer
  const body = withoutSecrets(answer.body as WireText, target)
  throw mapUpstreamError({
    ...answer,
    body,
    provider: provider.definition.id,
    ownKey: credential.kind === 'own',
  })
}

function addressOf({ exchange, target }: ProviderSession): string {
  const { provider, resolution } = target
  const query = new URLSearchParams(exchange.search)
  query.set('model', resolution.upstreamId)
  const origin = provider.origin.replace(/^http/, 'ws')
  return `${origin}${provider.basePath}/realtime${queryOf(`?${query}`, provider.search)}`
}

function isRefused(answer: FrameSocket | Refused): answer is Refused {
  return 'status' in answer
}
