import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/** One socket as the scripted provider saw it. */
export interface SocketCall {
  readonly request: IncomingMessage
  readonly socket: WebSocket
  /** What the gateway sent, parsed. */
  readonly frames: Record<string, unknown>[]
  readonly closed: Promise<void>
}

export interface SocketUpstream {
  readonly url: string
  readonly calls: SocketCall[]
  /** Answers frames from now on. */
  respond(script: (frame: Record<string, unknown>, call: SocketCall) => void): void
  /** Answers the next upgrades with this status instead. */
  refuse(status: number | undefined): void
  close(): Promise<void>
}

/** A provider's WebSocket on a real socket that does what its script says. */
export async function startSocketUpstream(): Promise<SocketUpstream> {
  const calls: SocketCall[] = []
  let answer: Parameters<SocketUpstream['respond']>[0] = () => {}
  let refusal: number | undefined
  const server = createServer((_request, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: ([first = '']) => first })
  server.on('upgrade', (request, raw, head) => {
    if (refusal !== undefined) {
      raw.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 9\r\nconnection: close\r\n\r\n{"a":"b"}`)
      return
    }
    sockets.handleUpgrade(request, raw, head, (socket) => {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      const call: SocketCall = { request, socket, frames: [], closed }
      calls.push(call)
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as Record<string, unknown>
        call.frames.push(frame)
        answer(frame, call)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    respond(script) {
      answer = script
    },
    refuse(status) {
      refusal = status
    },
    close: () =>
      new Promise((resolve) => {
        for (const { socket } of calls) socket.terminate()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
