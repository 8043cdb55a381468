import type { RawData, WebSocket } from 'ws'

/** A WebSocket of text frames. */
export interface FrameSocket {
  /** False when the other side reads slower than we write; `onDrain` tells when to go on. */
  send(text: string): boolean
  /** Calls the listener once, when what was sent is on its way. */
  onDrain(listener: () => void): void
  pause(): void
  resume(): void
  onText(listener: (text: string) => void): void
  /** Calls the listener once, however it ended. */
  onClose(listener: (code: number) => void): void
  close(code: number, reason: string): void
  /** Breaks the connection at once. */
  terminate(): void
  readonly protocol: string
}

const highWaterMark = 1_048_576
/** Milliseconds for the other side to say goodbye. */
const goodbyeMs = 2000

/**
 * A WebSocket that speaks text alone; a binary frame ends it, because nobody could read what it costs.
 *
 * @param heartbeatMs Between pings, of which two without an answer end it; 0 for none.
 */
export function createFrameSocket(socket: WebSocket, heartbeatMs: number): FrameSocket {
  const waiting: (() => void)[] = []
  // Whatever goes wrong, a close follows.
  socket.on('error', () => {})
  keepAlive(socket, heartbeatMs)
  const sent = () => {
    if (socket.bufferedAmount > highWaterMark / 2) return
    for (const listener of waiting.splice(0)) listener()
  }
  return {
    protocol: socket.protocol,
    send(text) {
      if (socket.readyState !== socket.OPEN) return true
      socket.send(text, sent)
      return socket.bufferedAmount < highWaterMark
    },
    onDrain: (listener) => void waiting.push(listener),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    onText: (listener) =>
      void socket.on('message', (data: RawData, isBinary: boolean) => {
        if (isBinary) socket.close(1003, 'Frames must be text.')
        else listener(String(data))
      }),
    onClose: (listener) => void socket.once('close', listener),
    close(code, reason) {
      // One that is paused would not hear the answer.
      socket.resume()
      socket.close(code, reason.slice(0, 120))
      setTimeout(() => socket.terminate(), goodbyeMs).unref()
    },
    terminate: () => socket.terminate(),
  }
}

function keepAlive(socket: WebSocket, heartbeatMs: number): void {
  if (heartbeatMs === 0) return
  let missed = 0
  const timer = setInterval(() => {
    if (socket.isPaused) return
    if (missed >= 2) return socket.terminate()
    missed += 1
    socket.ping()
  }, heartbeatMs)
  timer.unref()
  const alive = () => {
    missed = 0
  }
  socket.on('pong', alive).on('message', alive)
  socket.once('close', () => clearInterval(timer))
}
