import type { Exchange, Sink } from '../exchange/exchange.ts'

/** The client's side of an answer that is read on although its client has left: nothing more is sent. */
export function muteOnLeave(exchange: Exchange): Exchange {
  const { sink, hasLeft } = exchange
  const muted: Sink = {
    start: (status, headers) => void (hasLeft() || sink.start(status, headers)),
    write: (bytes) => hasLeft() || sink.write(bytes),
    onDrain: (listener) => sink.onDrain(listener),
    end: (bytes) => void (hasLeft() || sink.end(bytes)),
    fail: () => sink.fail(),
  }
  return { ...exchange, sink: muted }
}
