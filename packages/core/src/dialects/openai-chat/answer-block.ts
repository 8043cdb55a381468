import type { CitationDelta, Delta } from '../delta.ts'
import { isJsonObject } from '../json.ts'
import type { Seal } from '../seal.ts'

/** A call of a tool, as its first chunks have told it. */
export interface Call {
  readonly id: string
  readonly name: string
  readonly custom: boolean
  readonly seal: Seal | undefined
}

export type BlockKind = 'text' | 'refusal' | 'thinking' | 'call' | 'whole'

/** A block that is open, or that waits until the one before it is closed. */
export interface Block {
  readonly kind: BlockKind
  readonly call?: Call
  readonly isRedacted: boolean
  /** Its deltas as long as it waits; undefined once it has been opened. */
  waiting: Delta[] | undefined
  index: number
  /** All of its text or arguments so far. */
  text: string
  /** Where it begins in the text of the whole message. */
  readonly from: number
  isSealed: boolean
}

/**
 * Whether what arrives may end this block. Reasoning that comes late does not split the text, and a call goes on
 * until its arguments are an object: some servers write several calls at once.
 */
export function isComplete(block: Block, arriving: BlockKind | 'end'): boolean {
  if (arriving === 'end' || block.kind === 'thinking') return true
  if (block.kind !== 'call') return arriving !== 'thinking' && arriving !== 'whole'
  return hasWholeArguments(block)
}

/** Nothing can be added to an object that is closed. */
export function hasWholeArguments({ text }: Block): boolean {
  if (!text.trimEnd().endsWith('}')) return false
  try {
    return isJsonObject(JSON.parse(text))
  } catch {
    return false
  }
}

export function startOf({ kind, index, call, isRedacted }: Block): Delta {
  if (kind === 'thinking') return { type: 'thinking-start', index, ...(isRedacted && { redacted: true }) }
  if (call === undefined) return { type: 'text-start', index, ...(kind === 'refusal' && { refusal: true }) }
  const { id, name, custom, seal } = call
  return { type: 'tool-start', index, id, name, ...(custom && { custom }), ...(seal && { seal }) }
}

export function placeCitation(
  citation: Omit<CitationDelta, 'type' | 'index'>,
  { index, from }: Block,
): CitationDelta {
  const { start, end, ...source } = citation
  const place = {
    ...(start !== undefined && start >= from && { start: start - from }),
    ...(end !== undefined && end >= from && { end: end - from }),
  }
  return { type: 'citation', index, ...source, ...place }
}
