import { fromWire, type WireText } from '../bytes/wire-text.ts'
import type { Opening, StreamWire } from '../dialects/dialect.ts'
import { createTextSplitter } from '../dialects/sse.ts'

/**
 * Judges a stream by its first events: whether they are an answer, an error, or still neither.
 *
 * @returns A function that takes whole frames in order until it says `commit` or finds an error; undefined for frames
 * in which there is no event, such as those by which a provider keeps the connection alive.
 */
export function createOpening(wire: StreamWire): (frames: WireText) => Opening | undefined {
  const splitter = createTextSplitter()
  return (frames) => {
    let said: Opening | undefined
    for (const event of splitter.push(fromWire(frames))) {
      said = wire.opening(event)
      if (said !== 'wait') return said
    }
    return said
  }
}
