import type { Message, Part, ThinkingPart } from '../conversation.ts'

/**
 * Clients that keep a stream as it came have a content for every chunk of it. Neighbouring contents of the model are
 * one turn, and the pieces of its texts one text.
 */
export function joinModelTurns(messages: readonly Message[]): readonly Message[] {
  const joined: Message[] = []
  let turn: Part[] = []
  for (const message of messages) {
    if (message.role !== 'assistant') joined.push(message)
    else if (joined.at(-1)?.role === 'assistant') append(turn, message.parts)
    else {
      turn = [...message.parts]
      joined.push({ ...message, parts: turn })
    }
  }
  return joined.map((message) =>
    message.role === 'assistant' ? { ...message, parts: joinSealedThinking(message.parts) } : message,
  )
}

function append(turn: Part[], [first, ...more]: readonly Part[]): void {
  const last = turn.at(-1)
  if (isPlainText(last) && isPlainText(first))
    turn[turn.length - 1] = { ...last, text: last.text + first.text }
  else if (first !== undefined) turn.push(first)
  for (const part of more) turn.push(part)
}

/** What is signed is whole. */
function isPlainText(part: Part | undefined): part is Extract<Part, { type: 'text' }> {
  return part?.type === 'text' && part.seal === undefined && part.extras === undefined
}

/**
 * Streams show thinking piece by piece and its seal last, in a piece of its own. A provider other than Google knows
 * its thinking only as a whole.
 */
function joinSealedThinking(parts: readonly Part[]): readonly Part[] {
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
