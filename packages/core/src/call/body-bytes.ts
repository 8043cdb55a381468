import type { BodyBytes } from '../upstream/transport.ts'

/** A body of these pieces, in their order. */
export function bodyOf(pieces: readonly Buffer[]): BodyBytes {
  let length = 0
  for (const piece of pieces) length += piece.length
  return { pieces, length }
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
  const [first, second] = body.pieces
  if (second === undefined) return first?.toString('utf8', start, end) ?? ''
  return Buffer.concat(sliceBody(body, start, end)).toString('utf8')
}
