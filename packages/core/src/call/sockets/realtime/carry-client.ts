import { asGatewayError, type GatewayError } from '../../../errors/gateway-error.ts'
import type { FrameSocket } from '../../../sockets/frame-socket.ts'
import type { ClientFrames } from './client-frames.ts'
import type { Turns } from './turns.ts'

export interface ClientSide {
  readonly client: FrameSocket
  readonly upstream: FrameSocket
  readonly turns: Turns
  readonly reader: ClientFrames
  tell(error: GatewayError): void
  /** Ends the session. */
  refuse(error: GatewayError): void
}

/**
 * Carries a client's frames to its provider: read, and not before credits are held for what they may make begin. A
 * frame that is refused for a while is dropped, and the client told once.
 */
export function carryClient({ client, upstream, turns, reader, tell, refuse }: ClientSide): void {
  const waiting: string[] = []
  let isWaiting = false
  let isHeldUp = false
  let silentUntil = 0

  const resume = () => {
    isHeldUp = false
    if (!isWaiting) client.resume()
  }
  const send = (text: string) => {
    turns.grown()
    if (upstream.send(text)) return
    isHeldUp = true
    client.pause()
    upstream.onDrain(resume)
  }
  const drop = (error: GatewayError) => {
    waiting.length = 0
    if (error.retryAfterMs === undefined) return refuse(error)
    if (Date.now() < silentUntil) return
    silentUntil = Date.now() + error.retryAfterMs
    tell(error)
  }
  const pump = () => {
    for (let text = waiting[0]; text !== undefined; text = waiting[0]) {
      const opening = turns.ready()
      if (opening) return wait(opening)
      waiting.shift()
      send(text)
    }
  }
  const wait = (opening: Promise<void>) => {
    isWaiting = true
    client.pause()
    const goOn = () => {
      isWaiting = false
      pump()
      if (!isWaiting && !isHeldUp) client.resume()
    }
    opening.then(goOn, (error: unknown) => {
      drop(asGatewayError(error))
      goOn()
    })
  }
  client.onText((text) => {
    try {
      waiting.push(reader.read(text))
    } catch (error) {
      tell(asGatewayError(error))
    }
    if (!isWaiting) pump()
  })
}
