import { createFrameSocket, type FrameSocket } from './frame-socket.ts'
import type { Upgrade } from './upgrade.ts'

export interface AcceptOptions {
  /** The subprotocol to answer with, if any. */
  readonly protocol: string | undefined
  /** Bytes of a frame. */
  readonly maxPayload: number
  readonly heartbeatMs: number
}

/** Answers an upgrade with a WebSocket. Rejects when the client has gone meanwhile. */
export async function acceptSocket(
  { request, socket, head }: Upgrade,
  { protocol, maxPayload, heartbeatMs }: AcceptOptions,
): Promise<FrameSocket> {
  const { WebSocketServer } = await import('ws')
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // A small frame could become a large one.
    perMessageDeflate: false,
    maxPayload,
    handleProtocols: () => protocol ?? false,
  })
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('The client left before its WebSocket was open.'))
    if (socket.destroyed) return gone()
    socket.once('close', gone)
    server.handleUpgrade(request, socket, head, (accepted) => {
      socket.off('close', gone)
      resolve(createFrameSocket(accepted, heartbeatMs))
    })
  })
}
