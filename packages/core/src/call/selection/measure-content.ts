import type { BodyBytes } from '../../bytes/body-bytes.ts'

/** What files look like in a body: base64 behind one of these, up to the next quote. */
const openings = [';base64,', '"data":"', '"data": "'] as const
/** Files are looked for so often; what comes behind counts as text. */
const mostFiles = 500
const quote = 0x22

/** What a body holds, about. */
export interface Content {
  /** Bytes that are no file's. */
  readonly textBytes: number
  readonly files: number
}

interface Found {
  files: number
  bytes: number
  /** The piece ended within a file. */
  isOpen: boolean
}

/** Tells text from files, whose length says nothing of their tokens. A file whose opening is cut in two is missed. */
export function measureContent({ pieces, length }: BodyBytes): Content {
  const found: Found = { files: 0, bytes: 0, isOpen: false }
  for (const opening of openings) {
    found.isOpen = false
    for (const piece of pieces) readPiece(piece, opening, found)
  }
  return { textBytes: Math.max(0, length - found.bytes), files: found.files }
}

function readPiece(piece: Buffer, opening: string, found: Found): void {
  let from = found.isOpen ? passFile(piece, 0, found) : 0
  while (found.files < mostFiles) {
    const at = piece.indexOf(opening, from, 'latin1')
    if (at < 0) return
    found.files += 1
    from = passFile(piece, at + opening.length, found)
  }
}

/** @returns Where the file ends. */
function passFile(piece: Buffer, begin: number, found: Found): number {
  const close = piece.indexOf(quote, begin)
  found.isOpen = close < 0
  const end = found.isOpen ? piece.length : close
  found.bytes += Math.max(0, end - begin)
  return end
}
