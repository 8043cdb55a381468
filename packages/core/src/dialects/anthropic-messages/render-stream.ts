import type { FinishDelta, StartDelta } from '../delta.ts'
import type { AnswerContext, StreamRenderer } from '../dialect.ts'
import { formatEvent } from '../sse.ts'
import { type BlockSink, createAnswerBlocks, type PieceType } from './answer-blocks.ts'
import { renderErrorEvent } from './answer-error.ts'
import { renderHead } from './answer-head.ts'
import { renderOutcome } from './answer-outcome.ts'
import { renderDeltaUsage, renderMessageUsage } from './answer-usage.ts'

/** The member that holds what each kind of piece carries. */
const members: Readonly<Record<PieceType, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  input_json_delta: 'partial_json',
  signature_delta: 'signature',
}
const ping = formatEvent({ type: 'ping' }, 'ping')
const stopped = formatEvent({ type: 'message_stop' }, 'message_stop')

/**
 * Hub deltas as a Messages stream. `message_stop` is said after a finish only, and nothing follows an error: the end
 * of a stream that broke off must not look like one. No event has a type that the API does not know.
 */
export function createMessagesStreamRenderer(context: AnswerContext): StreamRenderer {
  const wire = createWireSink()
  const blocks = createAnswerBlocks(wire)
  let begun: StartDelta | undefined
  let ended = false

  function finish(delta: FinishDelta): string {
    blocks.push(delta)
    const usage = renderDeltaUsage(delta.usage ?? begun?.usage)
    const event = { type: 'message_delta', delta: renderOutcome(delta, blocks), usage }
    return wire.take() + formatEvent(event, 'message_delta') + stopped
  }

  return {
    push(delta) {
      if (ended) return ''
      ended = delta.type === 'finish' || delta.type === 'error'
      if (delta.type === 'error') return renderErrorEvent(delta, context.requestId)
      if (delta.type === 'finish') return finish(delta)
      if (delta.type === 'start') {
        begun = delta
        return renderStart(delta, context)
      }
      blocks.push(delta)
      return wire.take()
    },
  }
}

function renderStart(start: StartDelta, context: AnswerContext): string {
  const message = {
    ...renderHead(start, context),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage: renderMessageUsage(start.usage),
  }
  return formatEvent({ type: 'message_start', message }, 'message_start') + ping
}

/** Writes blocks as events, numbered without gaps. */
function createWireSink(): BlockSink & { take(): string } {
  let wire = ''
  let index = -1
  /** What all pieces of the open block begin with. */
  let head = ''

  return {
    open(block) {
      index += 1
      head = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"`
      wire += formatEvent({ type: 'content_block_start', index, content_block: block }, 'content_block_start')
    },
    piece(type, value) {
      wire += `${head}${type}","${members[type]}":${JSON.stringify(value)}}}\n\n`
    },
    cite(citation) {
      wire += `${head}citations_delta","citation":${JSON.stringify(citation)}}}\n\n`
    },
    close() {
      wire += `event: content_block_stop\ndata: {"type":"content_block_stop","index":${index}}\n\n`
    },
    take() {
      const text = wire
      wire = ''
      return text
    },
  }
}
