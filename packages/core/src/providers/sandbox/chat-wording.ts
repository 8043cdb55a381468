import { errorMembers } from './failures.ts'
import type { Members } from './members.ts'
import type { Reply, ToolCall } from './reply.ts'
import type { ReplyContext, Wording } from './sandbox-answer.ts'

const finishReasons = { stop: 'stop', length: 'length', tool: 'tool_calls' } as const

/** Chat Completions. */
export const chatWording: Wording = { json, stream }

function json(reply: Reply, context: ReplyContext): Members {
  const { toolCall } = reply
  const message = {
    role: 'assistant',
    content: toolCall ? null : reply.tokens.join(''),
    refusal: null,
    ...(toolCall && { tool_calls: [toolCallOf(toolCall, context, toolCall.tokens.join(''))] }),
  }
  return {
    ...head(context, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReasons[reply.finish] }],
    usage: usageOf(reply),
  }
}

function* stream(reply: Reply, context: ReplyContext): Generator<string> {
  const { toolCall } = reply
  const chunk = (choices: readonly Members[], usage: Members | null = null) =>
    frame({
      ...head(context, 'chat.completion.chunk'),
      choices,
      ...(context.includeUsage && { usage }),
    })
  const delta = (content: Members, finish: string | null = null) =>
    chunk([{ index: 0, delta: content, logprobs: null, finish_reason: finish }])

  yield delta({ role: 'assistant', content: toolCall ? null : '', refusal: null })
  for (const token of reply.tokens) yield delta({ content: token })
  if (toolCall) {
    yield delta({ tool_calls: [{ index: 0, ...toolCallOf(toolCall, context, '') }] })
    for (const token of toolCall.tokens) {
      yield delta({ tool_calls: [{ index: 0, function: { arguments: token } }] })
    }
  }
  if (reply.breaks === 'error') {
    yield frame({ error: errorMembers('openai', 'overloaded', 'The sandbox broke off, as asked.') })
  }
  if (reply.breaks) return
  yield delta({}, finishReasons[reply.finish])
  if (context.includeUsage) yield chunk([], usageOf(reply))
  yield 'data: [DONE]\n\n'
}

const frame = (data: Members) => `data: ${JSON.stringify(data)}\n\n`

function head({ id, created, model }: ReplyContext, object: string): Members {
  return { id: `chatcmpl-${id}`, object, created, model, service_tier: 'default' }
}

function toolCallOf(call: ToolCall, { id }: ReplyContext, text: string): Members {
  return { id: `call_${id}`, type: 'function', function: { name: call.name, arguments: text } }
}

function usageOf({ inputTokens, outputTokens }: Reply): Members {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
