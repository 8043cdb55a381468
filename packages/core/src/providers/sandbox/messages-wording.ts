import { errorMembers } from './failures.ts'
import type { Members } from './members.ts'
import type { Reply } from './reply.ts'
import { namedEvent, type ReplyContext, type Wording } from './sandbox-answer.ts'

const stopReasons = { stop: 'end_turn', length: 'max_tokens', tool: 'tool_use' } as const

/** Anthropic Messages. */
export const messagesWording: Wording = { json, stream }

function json(reply: Reply, context: ReplyContext): Members {
  const block = reply.toolCall
    ? { ...openBlock(reply, context), input: reply.toolCall.input }
    : { type: 'text', text: reply.tokens.join('') }
  return {
    ...message(reply, context, reply.outputTokens),
    content: reply.outputTokens === 0 ? [] : [block],
    stop_reason: stopReasons[reply.finish],
  }
}

function* stream(reply: Reply, context: ReplyContext): Generator<string> {
  // As the real one does, the start reports a placeholder; the cumulative count follows at the end.
  const start = message(reply, context, Math.min(1, reply.outputTokens))
  yield namedEvent({ type: 'message_start', message: start }) + namedEvent({ type: 'ping' })
  if (reply.outputTokens > 0) yield* block(reply, context)
  if (reply.breaks === 'error') {
    yield namedEvent({
      type: 'error',
      error: errorMembers('anthropic', 'overloaded', 'The sandbox broke off, as asked.'),
      request_id: null,
    })
  }
  if (reply.breaks) return
  const delta = { stop_reason: stopReasons[reply.finish], stop_sequence: null }
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = usageOf(reply, 0)
  const usage = { input_tokens, cache_creation_input_tokens, cache_read_input_tokens }
  yield namedEvent({
    type: 'message_delta',
    delta,
    usage: { ...usage, output_tokens: reply.outputTokens },
  }) + namedEvent({ type: 'message_stop' })
}

function* block(reply: Reply, context: ReplyContext): Generator<string> {
  const { toolCall } = reply
  const delta = (content: Members) => namedEvent({ type: 'content_block_delta', index: 0, delta: content })
  yield namedEvent({ type: 'content_block_start', index: 0, content_block: openBlock(reply, context) })
  for (const token of reply.tokens) yield delta({ type: 'text_delta', text: token })
  for (const token of toolCall?.tokens ?? []) yield delta({ type: 'input_json_delta', partial_json: token })
  if (!reply.breaks) yield namedEvent({ type: 'content_block_stop', index: 0 })
}

function openBlock({ toolCall }: Reply, { id }: ReplyContext): Members {
  return toolCall
    ? { type: 'tool_use', id: `toolu_${id}`, name: toolCall.name, input: {} }
    : { type: 'text', text: '' }
}

function message(reply: Reply, { id, model }: ReplyContext, outputTokens: number): Members {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usageOf(reply, outputTokens),
  }
}

function usageOf({ inputTokens }: Reply, outputTokens: number): Members {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    service_tier: 'standard',
  }
}
