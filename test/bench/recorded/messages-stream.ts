import { tokens, word } from './answer-facts.ts'
import type { RecordedStream } from './recorded-stream.ts'

function frame(event: { readonly type: string; readonly [name: string]: unknown }): Buffer {
  return Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
}

const input = {
  input_tokens: tokens.input - tokens.cached,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: tokens.cached,
}

const message = {
  model: 'claude-haiku-4-5-20251001',
  id: 'msg_01QC4g3HwBThD4BaNtBckFDJ',
  type: 'message',
  role: 'assistant',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: {
    ...input,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: 1,
    service_tier: 'standard',
    inference_geo: 'not_available',
  },
}

const textFrame = frame({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: word },
})

const closing = Buffer.concat([
  frame({ type: 'content_block_stop', index: 0 }),
  frame({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { ...input, output_tokens: tokens.output },
  }),
  frame({ type: 'message_stop' }),
])

/** Anthropic's Messages. */
export const messagesStream: RecordedStream = {
  opening: Buffer.concat([
    frame({ type: 'message_start', message }),
    frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    frame({ type: 'ping' }),
  ]),
  text: () => textFrame,
  closing: () => closing,
}
