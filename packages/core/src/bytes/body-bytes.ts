import { fromWire, type WireText } from './wire-text.ts'

/** A body in the pieces it came in: joining a large one costs more than all the rest of its way. */
export interface BodyBytes {
  readonly pieces: readonly Buffer[]
  /** Bytes, of all pieces together. */
  readonly length: number
  /**
   * The same bytes as Latin-1 text, of a small body: text is cheaper to cut than bytes are, and leaves in one
   * write with the head in front of it.
   */
  readonly latin1: WireText | undefined
}

const smallBytes = 16_384

/** Many small pieces cost more apart than joined. */
const joinedAbove = 64
const joinedBelowBytes = 1024

/** A body of these pieces, in their order. */
export function bodyOf(given: readonly Buffer[]): BodyBytes {
  let length = 0
  for (const piece of given) length += piece.length
  const isCrumbled = given.length > joinedAbove && length / given.length < joinedBelowBytes
  const pieces = isCrumbled ? [Buffer.concat(given, length)] : given
  return { pieces, length, latin1: length <= smallBytes ? latin1Of(pieces) : undefined }
}

function latin1Of(pieces: readonly Buffer[]): WireText {
  let text = ''
  for (const piece of pieces) text += piece.toString('latin1')
  return text as WireText
}

/** The bytes from `start` up to `end`, as views of the pieces they are in. */
export function sliceBody({ pieces }: BodyBytes, start: number, end: number): Buffer[] {
  const slices: Buffer[] = []
  let base = 0
  for (const piece of pieces) {
    const [from, to] = [Math.max(0, start - base), Math.min(piece.length, end - base)]
    if (from < to) slices.push(piece.subarray(from, to))
    base += piece.length
  }
  return slices
}

/** The text from `start` up to `end`; a character may begin in one piece and end in the next. */
export function textOf(body: BodyBytes, start = 0, end = body.length): string {
  if (body.latin1 !== undefined) return fromWire(body.latin1.slice(start, end))
  return Buffer.concat(sliceBody(body, start, end)).toString('utf8')
}
