import { asBuffer } from './as-buffer.ts'

/** Bytes in the pieces they came in. */
export interface SearchableBytes {
  readonly pieces: readonly Uint8Array[]
  readonly length: number
}

/** How often a word of ASCII occurs, up to `limit`, also where it is spread over pieces. */
export function countWord({ pieces }: SearchableBytes, word: string, limit: number): number {
  const [only, second] = pieces
  if (only && !second) return occurrencesIn(asBuffer(only), word, limit)
  let count = 0
  /** The end of what has been searched, too short to hold the word itself. */
  let tail = ''
  for (const piece of pieces) {
    const bytes = asBuffer(piece)
    if (tail !== '') {
      const joint = tail + bytes.toString('latin1', 0, word.length - 1)
      count += occurrencesIn(Buffer.from(joint, 'latin1'), word, limit - count)
    }
    count += occurrencesIn(bytes, word, limit - count)
    if (count >= limit) return limit
    const seen = tail + bytes.toString('latin1', Math.max(0, bytes.length - word.length + 1))
    tail = seen.slice(Math.max(0, seen.length - word.length + 1))
  }
  return count
}

function occurrencesIn(bytes: Buffer, word: string, limit: number): number {
  let count = 0
  for (let at = bytes.indexOf(word, 0, 'latin1'); at >= 0 && count < limit; count += 1) {
    at = bytes.indexOf(word, at + word.length, 'latin1')
  }
  return count
}
