import { fromWire, type WireText } from '../../../bytes/wire-text.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import type { Exchange, Sink } from '../../../exchange/exchange.ts'
import type { FrameSocket } from '../../../sockets/frame-socket.ts'
import { errorFrame } from './error-frame.ts'

/** A sink whose events are frames, and the client's part in its exchange. */
export interface FrameSink extends Pick<Exchange, 'hasLeft' | 'onLeave'> {
  readonly sink: Sink
  /** The client has gone. */
  left(): void
}

const line = /^data: ?(.*)$/

/**
 * Turns server-sent events into frames, one for each, and a refusal into an event.
 *
 * @param heard Called with the data of each event, as long as the client is there.
 * @param done Called once when the answer is over.
 */
export function frameSink(client: FrameSocket, heard: (data: string) => void, done: () => void): FrameSink {
  const listeners: (() => void)[] = []
  let isLeft = false
  let isOver = false
  let status = 0
  let requestId = ''
  /** The beginning of an event whose end has not come, or of a body that is no stream. */
  let begun = ''
  const finish = () => {
    if (isOver) return
    isOver = true
    done()
  }
  const sendEvents = (text: string): boolean => {
    begun += text
    const end = begun.lastIndexOf('\n\n')
    if (end < 0) return true
    const events = begun.slice(0, end).split('\n\n')
    begun = begun.slice(end + 2)
    let isTaken = true
    for (const event of events) {
      const data = event.split(/\r?\n/).flatMap((each) => line.exec(each)?.[1] ?? [])
      if (data.length === 0 || data[0] === '[DONE]') continue
      const frame = fromWire(data.join('\n'))
      if (!isLeft) heard(frame)
      isTaken = client.send(frame)
    }
    return isTaken
  }
  const sink: Sink = {
    start(answered, headers) {
      status = answered
      requestId = headers['tollgate-request-id'] ?? ''
    },
    write: (bytes) => sendEvents(status === 200 ? bytes.replaceAll('\r\n', '\n') : bytes),
    onDrain: (listener) => client.onDrain(listener),
    end(bytes = '' as WireText) {
      if (status === 200) sendEvents(`${bytes.replaceAll('\r\n', '\n')}\n\n`)
      else client.send(refusalFrame(status, fromWire(begun + bytes)))
      finish()
    },
    fail() {
      const message = 'The answer broke off.'
      client.send(errorFrame(new GatewayError({ code: 'upstream_stream_truncated', message }), requestId))
      finish()
    },
  }
  return {
    sink,
    hasLeft: () => isLeft,
    onLeave: (listener) => (isLeft ? listener() : void listeners.push(listener)),
    left() {
      if (isLeft || isOver) return
      isLeft = true
      for (const listener of listeners) listener()
    },
  }
}

/** The body of a refusal is JSON with its error in it. */
function refusalFrame(status: number, body: string): string {
  return JSON.stringify({ type: 'error', status, ...(JSON.parse(body) as object) })
}
