import { GatewayError } from '../../../errors/gateway-error.ts'
import { acceptSocket } from '../../../sockets/accept-socket.ts'
import type { FrameSocket } from '../../../sockets/frame-socket.ts'
import { serve } from '../../serve.ts'
import type { CallServices } from '../../services.ts'
import type { SocketRequest } from '../serve-upgrade.ts'
import type { SocketSession } from '../session.ts'
import { createConnectionMemory } from './connection-memory.ts'
import { createdRequest } from './created-request.ts'
import { errorFrame } from './error-frame.ts'
import { frameSink } from './frame-sink.ts'
import { answerWarmUp } from './warm-up.ts'

/** Requests that may wait for the one under way. */
const mostWaiting = 16

/**
 * Responses over one socket: each `response.create` is a call of its own, served as one that came by POST is, at
 * whatever provider, and its events are frames. They are answered one after another, and each may go on from the one
 * before it though no provider keeps that.
 *
 * @throws GatewayError, as a rejection, while the client can still be answered.
 */
export async function serveResponsesSocket(services: CallServices, request: SocketRequest): Promise<void> {
  const { exchange, upgrade, subprotocols } = request
  const { account } = await services.authenticate(exchange)
  const client = await acceptSocket(upgrade, {
    protocol: subprotocols.answered,
    maxPayload: services.settings.bodyBytes,
    heartbeatMs: services.settings.heartbeat,
  })
  runSocket(services, request, { client, account })
}

interface Opened {
  readonly client: FrameSocket
  /** Whose connection it is; each request says anew whose it is itself. */
  readonly account: string
}

function runSocket(services: CallServices, request: SocketRequest, { client, account }: Opened): void {
  const waiting: string[] = []
  const memory = createConnectionMemory((length) => services.conversations.keep(account, memory, length))
  let leave: (() => void) | undefined
  let isBusy = false
  let isDraining = false
  const close = () => client.close(1001, 'The gateway is shutting down.')
  const session: SocketSession = {
    drain() {
      isDraining = true
      if (!isBusy) close()
    },
    cut: close,
  }
  const next = () => {
    isBusy = false
    leave = undefined
    memory.ended()
    const text = waiting.shift()
    if (isDraining) close()
    else if (text !== undefined) take(text)
  }
  const take = (text: string) => {
    const created = createdRequest(request, text, memory)
    if (!created) return next()
    if (created instanceof GatewayError) {
      client.send(errorFrame(created, request.id))
      return next()
    }
    isBusy = true
    const { sink, left, onLeave, hasLeft } = frameSink(client, memory.heard, next)
    leave = left
    const exchange = { ...created.exchange, sink, hasLeft, onLeave }
    if (created.isWarmUp) void answerWarmUp(services, exchange, request.admit)
    else serve(services, exchange, request.admit)
  }
  services.sockets.add(session)
  client.onText((text) => {
    if (!isBusy) take(text)
    else if (mayWait(waiting, text, services.settings.bodyBytes)) waiting.push(text)
    else client.send(errorFrame(tooMany(), request.id))
  })
  client.onClose(() => {
    services.sockets.delete(session)
    services.conversations.drop(account, memory)
    waiting.length = 0
    leave?.()
  })
}

/** They are in memory, and nothing is held for them yet: together they are no longer than one request may be. */
function mayWait(waiting: readonly string[], text: string, most: number): boolean {
  const length = waiting.reduce((sum, each) => sum + each.length, text.length)
  return waiting.length < mostWaiting && length <= most
}

function tooMany(): GatewayError {
  const message = `More than ${mostWaiting} requests wait on this connection, or they are too long together.`
  return new GatewayError({ code: 'rate_limited', message, retryAfterMs: 1000 })
}
