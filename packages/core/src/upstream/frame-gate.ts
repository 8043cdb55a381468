const newline = 0x0a
const carriageReturn = 0x0d
const blankLines = [Buffer.from('\n\n'), Buffer.from('\r\n\r\n'), Buffer.from('\n\r\n')]

/**
 * Lets whole server-sent events through and keeps the beginning of an unfinished one back, so that a
 * heartbeat or an error frame never lands inside an event.
 */
export interface FrameGate {
  /** The whole frames there are now; undefined when no frame has been completed. */
  push(chunk: Buffer): Buffer | undefined
  /** What is left when the stream has ended: a last frame without its blank line, or a cut one. */
  rest(): Buffer | undefined
}

export function createFrameGate(): FrameGate {
  let kept: Buffer[] = []
  const take = (bytes: Buffer, end: number): Buffer => {
    kept = end < bytes.length ? [bytes.subarray(end)] : []
    return end < bytes.length ? bytes.subarray(0, end) : bytes
  }
  return {
    push(chunk) {
      if (kept.length === 0 && endsFrame(chunk)) return chunk
      // Nothing can be completed without a line end; joining for every byte would cost the square.
      if (!chunk.includes(newline)) {
        kept.push(chunk)
        return undefined
      }
      const bytes = kept.length === 0 ? chunk : Buffer.concat([...kept, chunk])
      const end = lastFrameEnd(bytes)
      if (end > 0) return take(bytes, end)
      kept = [bytes]
      return undefined
    },
    rest() {
      const bytes = kept.length === 0 ? undefined : Buffer.concat(kept)
      kept = []
      return bytes
    },
  }
}

function endsFrame(bytes: Buffer): boolean {
  const last = bytes.length - 1
  if (bytes[last] !== newline) return false
  return bytes[last - 1] === newline || (bytes[last - 1] === carriageReturn && bytes[last - 2] === newline)
}

function lastFrameEnd(bytes: Buffer): number {
  let end = 0
  for (const blank of blankLines) {
    const at = bytes.lastIndexOf(blank)
    if (at >= 0) end = Math.max(end, at + blank.length)
  }
  return end
}
