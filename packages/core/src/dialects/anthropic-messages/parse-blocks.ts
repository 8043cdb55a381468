import type { Delta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { createOpaqueParser } from './parse-opaque.ts'

/** One content block of an answer, from its start to its stop. */
export interface BlockParser {
  /** What the start of the block holds already: nothing in a stream, all of it in a whole answer. */
  start(): readonly Delta[]
  delta(delta: JsonObject): readonly Delta[]
  stop(): readonly Delta[]
}

const placed: ReadonlySet<unknown> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use'])

/** Whether the block has an index in the hub; others pass through it as they are. */
export function hasPlace(block: JsonObject): boolean {
  return placed.has(block.type)
}

/**
 * @param index The block's place among the blocks that have one in the hub; of others it is not used: the
 * provider's own tools and their results, compactions, fallbacks. Their deltas are theirs alone and must not be
 * taken for another block's.
 */
export function createBlockParser(block: JsonObject, index: number): BlockParser {
  switch (block.type) {
    case 'text':
      return createTextParser(block, index)
    case 'thinking':
    case 'redacted_thinking':
      return createThinkingParser(block, index)
    case 'tool_use':
      return createToolParser(block, index)
    default:
      return createOpaqueParser(block)
  }
}

function createTextParser(block: JsonObject, index: number): BlockParser {
  const text = (value: unknown) => textDelta('text', index, value)
  const citations = Array.isArray(block.citations) ? block.citations : []
  return {
    start: () => [
      { type: 'text-start', index },
      ...text(block.text),
      ...citations.flatMap((citation) => citationDelta(citation, index)),
    ],
    delta(delta) {
      if (delta.type === 'text_delta') return text(delta.text)
      return delta.type === 'citations_delta' ? citationDelta(delta.citation, index) : []
    },
    stop: () => [{ type: 'block-stop', index }],
  }
}

/** A later signature replaces an earlier one. Of redacted thinking the encrypted payload is all there is. */
function createThinkingParser(block: JsonObject, index: number): BlockParser {
  const isRedacted = block.type === 'redacted_thinking'
  let sealed = isRedacted ? block.data : block.signature
  const seal = (): Delta[] =>
    typeof sealed === 'string' && sealed !== ''
      ? [{ type: 'seal', index, seal: { origin: 'anthropic', value: sealed } }]
      : []
  return {
    start: () => [
      { type: 'thinking-start', index, ...(isRedacted && { redacted: true }) },
      ...textDelta('thinking', index, block.thinking),
    ],
    delta(delta) {
      if (delta.type === 'signature_delta') sealed = delta.signature
      return delta.type === 'thinking_delta' ? textDelta('thinking', index, delta.thinking) : []
    },
    stop: () => [...seal(), { type: 'block-stop', index }],
  }
}

/** Arguments come in deltas or, all at once, as the start's `input`; a call without any says `{}`. */
function createToolParser(block: JsonObject, index: number): BlockParser {
  let streamed = false
  const whole = (): Delta => ({ type: 'tool-arguments', index, json: JSON.stringify(block.input ?? {}) })
  return {
    start: () => [{ type: 'tool-start', index, id: String(block.id), name: String(block.name) }],
    delta({ type, partial_json: json }) {
      if (type !== 'input_json_delta' || typeof json !== 'string' || json === '') return []
      streamed = true
      return [{ type: 'tool-arguments', index, json }]
    },
    stop: () => [...(streamed ? [] : [whole()]), { type: 'block-stop', index }],
  }
}

function textDelta(type: 'text' | 'thinking', index: number, value: unknown): Delta[] {
  return typeof value === 'string' && value !== '' ? [{ type, index, text: value }] : []
}

/** Only what has an address can be shown in other dialects: web pages, and search results that name theirs. */
function citationDelta(citation: unknown, index: number): Delta[] {
  if (!isJsonObject(citation)) return []
  const { url, source, title, cited_text: citedText } = citation
  const address = [url, source].find((value) => typeof value === 'string' && /^https?:/i.test(value))
  if (address === undefined) return []
  return [
    {
      type: 'citation',
      index,
      url: String(address),
      ...(typeof title === 'string' ? { title } : {}),
      ...(typeof citedText === 'string' && citedText !== '' ? { citedText } : {}),
    },
  ]
}
