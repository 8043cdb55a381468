import type { Delta, MediaDelta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { packSeal, type Seal } from '../seal.ts'
import { renderCitation, renderMediaNote } from './answer-notes.ts'

/** Where the content blocks of an answer go: into a stream or into one message. One is open at a time. */
export interface BlockSink {
  open(block: JsonObject): void
  /** A piece of the open block, never ''. A signature comes whole. */
  piece(type: PieceType, value: string): void
  cite(citation: JsonObject): void
  close(): void
}

export type PieceType = 'text_delta' | 'thinking_delta' | 'input_json_delta' | 'signature_delta'

export interface AnswerBlocks {
  push(delta: Delta): void
  /** The model said in a block of its own that it would not answer. */
  refused(): boolean
  /** A tool of the client's was called. */
  called(): boolean
}

/** The API knows no tools of free text: around it, what makes it the one member of an object. */
const freeText = { start: '{"input":"', end: '"}' }
const text = { type: 'text', text: '' }
const thinking = { type: 'thinking', thinking: '', signature: '' }

/**
 * Hub deltas as content blocks. Text and thinking are opened by the first thing in them, so that empty blocks leave
 * nothing behind.
 */
export function createAnswerBlocks(sink: BlockSink): AnswerBlocks {
  /** What is in hand; of the hub's blocks one at a time. */
  let kind: 'text' | 'thinking' | 'redacted' | 'tool' | 'free-tool' | 'media' | undefined
  let isOpen = false
  let hasRefused = false
  let hasCalled = false
  let hasSpoken = false

  function begin(next: typeof kind): void {
    if (kind === 'media') stop()
    kind = next
  }

  function open(block: JsonObject): void {
    sink.open(block)
    isOpen = true
  }

  function write(type: PieceType, value: string): void {
    if (!isOpen) open(type === 'text_delta' ? text : thinking)
    sink.piece(type, value)
  }

  function stop(): void {
    if (kind === 'free-tool') sink.piece('input_json_delta', freeText.end)
    if (isOpen) sink.close()
    isOpen = false
    kind = undefined
  }

  /** The API signs thinking alone; seals on text find no place in it. */
  function seal(value: Seal): void {
    const signature = packSeal(value, 'anthropic')
    if (kind === 'thinking') write('signature_delta', signature)
    else if (kind === 'redacted' && !isOpen) open({ type: 'redacted_thinking', data: signature })
  }

  function startTool({ id, name, seal: sealed, custom }: Extract<Delta, { type: 'tool-start' }>): void {
    if (sealed !== undefined) {
      begin('thinking')
      seal(sealed)
      stop()
    }
    begin(custom ? 'free-tool' : 'tool')
    hasCalled = true
    open({ type: 'tool_use', id, name, input: {} })
    if (custom) sink.piece('input_json_delta', freeText.start)
  }

  function writeArguments(piece: string): void {
    sink.piece('input_json_delta', kind === 'free-tool' ? JSON.stringify(piece).slice(1, -1) : piece)
  }

  /** The pieces of one sound share a block. */
  function show(media: MediaDelta): void {
    const note = renderMediaNote(media, hasSpoken)
    hasSpoken ||= media.kind === 'audio'
    if (media.kind === 'image' || kind !== 'media') begin('media')
    if (note !== '') write('text_delta', note)
    if (media.kind === 'image') stop()
  }

  function pass(block: JsonObject): void {
    begin(undefined)
    sink.open(block)
    sink.close()
  }

  function startText(refuses: boolean): void {
    begin('text')
    hasRefused ||= refuses
  }

  function cite(citation: JsonObject): void {
    if (!isOpen) open(text)
    sink.cite(citation)
  }

  function push(delta: Delta): void {
    switch (delta.type) {
      case 'text-start':
        startText(delta.refusal === true)
        break
      case 'text':
        write('text_delta', delta.text)
        break
      case 'citation':
        cite(renderCitation(delta))
        break
      case 'thinking-start':
        begin(delta.redacted ? 'redacted' : 'thinking')
        break
      case 'thinking':
        write('thinking_delta', delta.text)
        break
      case 'seal':
        seal(delta.seal)
        break
      case 'tool-start':
        startTool(delta)
        break
      case 'tool-arguments':
        writeArguments(delta.json)
        break
      case 'block-stop':
        stop()
        break
      case 'media':
        show(delta)
        break
      case 'opaque':
        if (delta.dialect === 'anthropic-messages') pass(delta.value)
        break
      case 'finish':
        begin(undefined)
        break
    }
  }

  return { push, refused: () => hasRefused, called: () => hasCalled }
}
