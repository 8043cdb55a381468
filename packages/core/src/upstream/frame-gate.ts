import type { WireText } from '../bytes/wire-text.ts'

const blankLines = ['\n\n', '\r\n\r\n', '\n\r\n']

/**
 * Lets whole server-sent events through and keeps the beginning of an unfinished one back, so that a
 * heartbeat or an error frame never lands inside an event.
 */
export interface FrameGate {
  /** The whole frames there are now; undefined when no frame has been completed. */
  push(chunk: WireText): WireText | undefined
  /** What is left when the stream has ended: a last frame without its blank line, or a cut one. */
  rest(): WireText | undefined
}

export function createFrameGate(): FrameGate {
  /** A rope: joining for every byte would cost the square. */
  let kept = ''
  return {
    push(chunk) {
      if (kept === '' && endsFrame(chunk)) return chunk
      kept += chunk
      // Nothing can be completed without a line end.
      if (!chunk.includes('\n')) return undefined
      const end = lastFrameEnd(kept)
      const frames = kept.slice(0, end)
      kept = kept.slice(end)
      return end === 0 ? undefined : (frames as WireText)
    },
    rest() {
      const rest = kept as WireText
      kept = ''
      return rest === '' ? undefined : rest
    },
  }
}

function endsFrame(text: string): boolean {
  return text.endsWith('\n\n') || text.endsWith('\n\r\n')
}

function lastFrameEnd(text: string): number {
  let end = 0
  for (const blank of blankLines) {
    const at = text.lastIndexOf(blank)
    if (at >= 0) end = Math.max(end, at + blank.length)
  }
  return end
}
