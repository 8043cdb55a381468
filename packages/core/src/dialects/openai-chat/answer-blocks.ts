import type { CitationDelta, Delta, MediaDelta, OpaqueDelta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import type { Seal } from '../seal.ts'
import { type Block, type BlockKind, type Call, isComplete, placeCitation, startOf } from './answer-block.ts'

/**
 * Puts the pieces of a message, which may come in any order, into blocks that come one after another. The first
 * block is delivered as it comes; what begins before that one can be closed waits behind it.
 */
export interface AnswerBlocks {
  text(kind: 'text' | 'refusal', text: string, logprobs?: readonly JsonObject[]): void
  think(text: string): void
  /** The signed end of a block of thinking. `text` is all of it, for servers that tell it only here. */
  sealThinking(seal: Seal, text: string): void
  /** Thinking of which the seal is all there is. */
  redactedThinking(seal: Seal): void
  call(call: Call): Block
  callArguments(block: Block, json: string): void
  /** `start` and `end` count from the beginning of the message. */
  cite(citation: Omit<CitationDelta, 'type' | 'index'>): void
  /** Something that is a block of its own. */
  whole(delta: MediaDelta | OpaqueDelta): void
  /** Closes everything. */
  finish(): void
  /** The deltas since it was asked last. */
  take(): readonly Delta[]
}

const none: readonly Delta[] = []

export function createAnswerBlocks(): AnswerBlocks {
  let live: Block | undefined
  const queue: Block[] = []
  let next = 0
  let textLength = 0
  let ready: Delta[] = []

  function begin(
    kind: BlockKind,
    more: { call?: Call; isRedacted?: boolean; waiting?: Delta[] } = {},
  ): Block {
    const fresh = { index: -1, text: '', from: textLength, isSealed: false, isRedacted: false, waiting: [] }
    const block: Block = { kind, ...fresh, ...more }
    queue.push(block)
    advance(kind)
    return block
  }

  /** Opens what waits, until a block stands in the way that is not complete. */
  function advance(arriving: BlockKind | 'end'): void {
    while (queue.length > 0 && (live === undefined || isComplete(live, arriving))) {
      close()
      open(queue.shift())
    }
  }

  function open(block: Block | undefined): void {
    if (block === undefined) return
    const { waiting = [] } = block
    block.waiting = undefined
    if (block.kind !== 'whole') {
      block.index = next
      next += 1
      ready.push(startOf(block))
      live = block
    }
    for (const delta of waiting) ready.push('index' in delta ? { ...delta, index: block.index } : delta)
  }

  function close(): void {
    if (live === undefined) return
    const { index, kind, text, call } = live
    if (kind === 'call' && text === '' && !call?.custom)
      ready.push({ type: 'tool-arguments', index, json: '{}' })
    ready.push({ type: 'block-stop', index })
    live = undefined
  }

  /** To a block that is closed already nothing can be added. */
  function put(block: Block, delta: Delta): void {
    if (block.waiting !== undefined) block.waiting.push(delta)
    else if (block === live) ready.push(delta)
  }

  function lastOf(kind: BlockKind): Block | undefined {
    const block = live?.kind === kind ? live : queue.findLast((waiting) => waiting.kind === kind)
    return block?.isSealed ? undefined : block
  }

  function think(text: string): void {
    const block = lastOf('thinking') ?? begin('thinking')
    block.text += text
    put(block, { type: 'thinking', index: block.index, text })
  }

  function seal(block: Block, value: Seal): void {
    block.isSealed = true
    put(block, { type: 'seal', index: block.index, seal: value })
    if (block === live) close()
  }

  return {
    text(kind, text, logprobs) {
      const block = lastOf(kind) ?? begin(kind)
      const { index } = block
      if (kind === 'text') textLength += text.length
      put(
        block,
        logprobs === undefined ? { type: 'text', index, text } : { type: 'text', index, text, logprobs },
      )
    },
    think,
    sealThinking(value, text) {
      const told = lastOf('thinking')?.text
      if (told === undefined || (text !== '' && text !== told)) {
        begin('thinking')
        if (text !== '') think(text)
      }
      seal(lastOf('thinking') ?? begin('thinking'), value)
    },
    redactedThinking: (value) => seal(begin('thinking', { isRedacted: true }), value),
    call: (call) => begin('call', { call }),
    callArguments(block, json) {
      block.text += json
      put(block, { type: 'tool-arguments', index: block.index, json })
      if (queue.length > 0 && block === live) advance('call')
    },
    cite(citation) {
      const block = lastOf('text')
      if (block !== undefined) put(block, placeCitation(citation, block))
    },
    whole(delta) {
      begin('whole', { waiting: [delta] })
    },
    finish() {
      advance('end')
      close()
    },
    take() {
      if (ready.length === 0) return none
      const deltas = ready
      ready = []
      return deltas
    },
  }
}
