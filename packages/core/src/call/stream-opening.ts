import { fromWire, type WireText } from '../bytes/wire-text.ts'
import type { Opening, StreamWire } from '../dialects/dialect.ts'
import { createTextSplitter } from '../dialects/sse.ts'

/**
 * Judges a stream by its first events: whether they are an answer, an error, or still neither.
 *
 * @returns A function that takes whole frames in order until it stops saying `wait`.
 */
export function createOpening(wire: StreamWire): (frames: WireText) => Opening {
  const splitter = createTextSplitter()
  return (frames) => {
    for (const event of splitter.push(fromWire(frames))) {
      const verdict = wire.opening(event)
      if (verdict !== 'wait') return verdict
    }
    return 'wait'
  }
}
