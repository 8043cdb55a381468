import {
  type AnswerFilters,
  createAnswerFilter,
} from '../../packages/core/src/dialects/answer-filters/answer-filters.ts'
import { createMessagesStreamParser } from '../../packages/core/src/dialects/anthropic-messages/parse-stream.ts'
import type { AnswerContext } from '../../packages/core/src/dialects/dialect.ts'
import type { JsonObject } from '../../packages/core/src/dialects/json.ts'
import { createChatStreamRenderer } from '../../packages/core/src/dialects/openai-chat/render-stream.ts'
import { createEventSplitter } from '../../packages/core/src/dialects/sse.ts'

export const context: AnswerContext = {
  requestId: 'req_1',
  model: 'claude',
  created: 1_700_000_000,
  includeUsage: true,
  request: () => ({}),
}

export interface StreamTranslation extends Partial<AnswerContext> {
  readonly answer?: AnswerFilters | undefined
}

/** Wire bytes of a Messages stream, in the pieces in which they arrive, as the Chat client's wire text. */
export function translateStream(pieces: readonly Uint8Array[], options: StreamTranslation = {}): string {
  const splitter = createEventSplitter()
  const parser = createMessagesStreamParser()
  const renderer = createChatStreamRenderer({ ...context, ...options })
  const events = [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()]
  return events
    .flatMap((event) => parser.push(event))
    .flatMap(createAnswerFilter(options.answer))
    .map((delta) => renderer.push(delta))
    .join('')
}

/** Events as their provider would frame them. */
export function frame(events: readonly JsonObject[]): readonly Uint8Array[] {
  return events.map((event) => Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`))
}

interface ToolCall {
  id: string
  type: string
  function: { name: string; arguments: string }
}

/** What a client has put together from a Chat stream. */
export interface ChatAnswer {
  content: string
  refusal: string
  reasoning: string
  thinkingBlocks: JsonObject[]
  readonly annotations: JsonObject[]
  readonly toolCalls: ToolCall[]
  readonly finishReasons: string[]
  readonly ids: Set<unknown>
  model: unknown
  usage: unknown
  error: JsonObject | undefined
  done: boolean
}

interface Chunk {
  id: string
  model: string
  error?: JsonObject
  usage?: unknown
  choices: {
    finish_reason: string | null
    delta: {
      content?: string
      refusal?: string
      reasoning_content?: string
      thinking_blocks?: JsonObject[]
      annotations?: JsonObject[]
      tool_calls?: {
        index: number
        id?: string
        type?: string
        function: { name?: string; arguments: string }
      }[]
    }
  }[]
}

/** Puts a Chat stream together the way its clients do. */
export function collectChat(wire: string): ChatAnswer {
  const answer: ChatAnswer = {
    content: '',
    refusal: '',
    reasoning: '',
    thinkingBlocks: [],
    annotations: [],
    toolCalls: [],
    finishReasons: [],
    ids: new Set(),
    model: undefined,
    usage: undefined,
    error: undefined,
    done: false,
  }
  const splitter = createEventSplitter()
  for (const { data } of splitter.push(Buffer.from(wire))) {
    if (data === '[DONE]') answer.done = true
    else collectChunk(answer, JSON.parse(data))
  }
  return answer
}

function collectChunk(answer: ChatAnswer, chunk: Chunk): void {
  if (chunk.error !== undefined) {
    answer.error = chunk.error
    return
  }
  answer.ids.add(chunk.id)
  answer.model = chunk.model
  answer.usage = chunk.usage ?? answer.usage
  for (const { delta, finish_reason } of chunk.choices) {
    answer.content += delta.content ?? ''
    answer.refusal += delta.refusal ?? ''
    answer.reasoning += delta.reasoning_content ?? ''
    // Each piece has those before it.
    answer.thinkingBlocks = delta.thinking_blocks ?? answer.thinkingBlocks
    answer.annotations.push(...(delta.annotations ?? []))
    for (const call of delta.tool_calls ?? []) collectCall(answer.toolCalls, call)
    if (finish_reason !== null) answer.finishReasons.push(finish_reason)
  }
}

function collectCall(
  calls: ToolCall[],
  { index, id, type, function: piece }: NonNullable<Chunk['choices'][0]['delta']['tool_calls']>[0],
): void {
  const call = calls[index] ?? {
    id: id ?? '',
    type: type ?? '',
    function: { name: piece.name ?? '', arguments: '' },
  }
  call.function.arguments += piece.arguments
  calls[index] = call
}
