import type { Delta } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { type BlockSink, createAnswerBlocks } from './answer-blocks.ts'
import { renderHead } from './answer-head.ts'
import { renderOutcome } from './answer-outcome.ts'
import { renderMessageUsage } from './answer-usage.ts'
import { parseArguments } from './arguments.ts'

/** Hub deltas as one `message`. */
export function renderMessagesAnswer(deltas: readonly Delta[], context: AnswerContext): JsonObject {
  const message = createMessageSink()
  const blocks = createAnswerBlocks(message)
  for (const delta of deltas) blocks.push(delta)
  const start = deltas.find((delta) => delta.type === 'start')
  const finish = deltas.findLast((delta) => delta.type === 'finish')
  return {
    ...renderHead(start, context),
    content: message.content,
    ...renderOutcome(finish, blocks),
    usage: renderMessageUsage(finish?.usage ?? start?.usage, finish?.serviceTier),
  }
}

/** Puts blocks together as a client of the stream would. */
function createMessageSink(): BlockSink & { readonly content: readonly JsonObject[] } {
  const content: JsonObject[] = []
  let block: JsonObject = {}
  const pieces = { text_delta: '', thinking_delta: '', input_json_delta: '', signature_delta: '' }
  let citations: JsonObject[] = []

  /** What the block opened with, and all that came for it. */
  function whole(): JsonObject {
    switch (block.type) {
      case 'text':
        return withPieces({ text: pieces.text_delta, citations: citations.length > 0 ? citations : null })
      case 'thinking':
        return withPieces({ thinking: pieces.thinking_delta, signature: pieces.signature_delta })
      case 'tool_use':
        return withPieces({ input: parseArguments(pieces.input_json_delta) })
      default:
        return block
    }
  }

  const withPieces = (members: JsonObject): JsonObject => ({ ...block, ...members })

  return {
    content,
    open(opened) {
      block = opened
      citations = []
      for (const type of Object.keys(pieces) as (keyof typeof pieces)[]) pieces[type] = ''
    },
    piece(type, value) {
      pieces[type] += value
    },
    cite(citation) {
      citations.push(citation)
    },
    close() {
      content.push(whole())
    },
  }
}
