import { errorMembers } from './failures.ts'
import type { Members } from './members.ts'
import type { Reply } from './reply.ts'
import { namedEvent, type ReplyContext, type Wording } from './sandbox-answer.ts'

/** Responses. */
export const responsesWording: Wording = {
  json: (reply, context) => finished(reply, context),
  stream,
}

type Frame = (type: string, data: Members) => string

function* stream(reply: Reply, context: ReplyContext): Generator<string> {
  let sequence = 0
  const frame: Frame = (type, data) => namedEvent({ type, ...data, sequence_number: sequence++ })
  const running = response(context, { status: 'in_progress' })
  yield frame('response.created', { response: running }) +
    frame('response.in_progress', { response: running })
  yield* reply.toolCall ? toolEvents(reply, context, frame) : textEvents(reply, context, frame)
  if (reply.breaks === 'error') {
    const error = errorMembers('openai', 'overloaded', 'The sandbox broke off, as asked.')
    const { code, message } = error
    const failed = response(context, { status: 'failed', error: { code, message } })
    yield frame('error', { error }) + frame('response.failed', { response: failed })
  }
  if (reply.breaks) return
  const type = reply.finish === 'length' ? 'response.incomplete' : 'response.completed'
  yield frame(type, { response: finished(reply, context) })
}

function* textEvents(reply: Reply, context: ReplyContext, frame: Frame): Generator<string> {
  const item = outputItem(reply, context)
  const place = { item_id: item.id, output_index: 0, content_index: 0 }
  yield frame('response.output_item.added', {
    output_index: 0,
    item: { ...item, status: 'in_progress', content: [] },
  }) + frame('response.content_part.added', { ...place, part: textPart('') })
  for (const delta of reply.tokens) {
    yield frame('response.output_text.delta', { ...place, delta, logprobs: [] })
  }
  if (reply.breaks) return
  const text = reply.tokens.join('')
  yield frame('response.output_text.done', { ...place, text, logprobs: [] }) +
    frame('response.content_part.done', { ...place, part: textPart(text) }) +
    frame('response.output_item.done', { output_index: 0, item })
}

function* toolEvents(reply: Reply, context: ReplyContext, frame: Frame): Generator<string> {
  const item = outputItem(reply, context)
  const place = { item_id: item.id, output_index: 0 }
  yield frame('response.output_item.added', {
    output_index: 0,
    item: { ...item, status: 'in_progress', arguments: '' },
  })
  for (const delta of reply.toolCall?.tokens ?? []) {
    yield frame('response.function_call_arguments.delta', { ...place, delta })
  }
  const { name, arguments: text } = item
  yield frame('response.function_call_arguments.done', { ...place, name, arguments: text }) +
    frame('response.output_item.done', { output_index: 0, item })
}

const textPart = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })

function outputItem({ tokens, toolCall, finish }: Reply, { id }: ReplyContext): Members {
  const status = finish === 'length' ? 'incomplete' : 'completed'
  if (!toolCall) {
    const content = [textPart(tokens.join(''))]
    return { id: `msg_${id}`, type: 'message', role: 'assistant', status, content }
  }
  const { name } = toolCall
  const text = toolCall.tokens.join('')
  return { id: `fc_${id}`, type: 'function_call', call_id: `call_${id}`, status, name, arguments: text }
}

function finished(reply: Reply, context: ReplyContext): Members {
  const cut = reply.finish === 'length'
  return response(context, {
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output: [outputItem(reply, context)],
    usage: {
      input_tokens: reply.inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: reply.outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: reply.inputTokens + reply.outputTokens,
    },
  })
}

function response({ id, created, model }: ReplyContext, state: Members): Members {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: created,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model,
    output: [],
    parallel_tool_calls: true,
    service_tier: 'default',
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: null,
    ...state,
  }
}
