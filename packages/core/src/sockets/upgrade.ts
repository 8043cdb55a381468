import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** A request to change to WebSocket, as a server hands it over. */
export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** What the client sent behind its request already. */
  readonly head: Buffer
  /** Path and query below the mount. */
  readonly url: string
}
