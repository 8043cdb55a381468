import type { Part, ThinkingPart } from '../conversation.ts'

/**
 * Streams show thinking piece by piece and its seal last, in a piece of its own, and clients send them back like
 * that. A provider other than Google knows its thinking only as a whole.
 */
export function joinSealedThinking(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = []
  for (const part of parts) {
    const pieces = isForeignSeal(part) ? trailingPieces(joined) : []
    if (part.type === 'thinking' && pieces.length > 0) {
      joined.length -= pieces.length
      const text = pieces.map((piece) => piece.text).join('') + part.text
      joined.push({ ...part, text, path: pieces[0]?.path ?? part.path })
    } else joined.push(part)
  }
  return joined
}

function isForeignSeal(part: Part): boolean {
  if (part.type !== 'thinking' || part.seal === undefined || part.redacted) return false
  return part.seal.origin !== 'google'
}

/** The pieces of thinking at the end that have no seal yet. */
function trailingPieces(parts: readonly Part[]): readonly ThinkingPart[] {
  const last = parts.findLastIndex((part) => part.type !== 'thinking' || part.seal !== undefined)
  return parts.slice(last + 1).filter((part) => part.type === 'thinking')
}
