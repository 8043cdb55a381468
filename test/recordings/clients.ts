import Anthropic from '@anthropic-ai/sdk'
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import type { WireDialect } from '../upstream/wire.ts'
import { argumentsOf, numberOf, type ReadReason, type ReadUsage } from './reading.ts'

/** What the official client of a dialect makes of an answer. */
export interface Shown {
  readonly text: string
  readonly calls: readonly { readonly name: string; readonly arguments: unknown }[]
  /** In the words of the dialect. */
  readonly reason: string
  readonly usage: ReadUsage
}

export interface Access {
  readonly fetch: typeof fetch
  readonly url: string
  readonly token: string
  readonly model: string
}

/** The client saw nothing wrong with an answer that has no end. */
export class NoEnd extends Error {}

/** Streams one answer and throws where the client shows an error, or an answer without an end. */
export const clients: Readonly<Record<WireDialect, (access: Access) => Promise<Shown>>> = {
  'openai-chat': streamChat,
  'openai-responses': streamResponses,
  'anthropic-messages': streamMessages,
  'google-gemini': streamGemini,
}

/** Hands out one answer event by event, as those read it who do without the clients' own collecting. */
export const iterations: Readonly<Record<WireDialect, (access: Access) => Promise<never>>> = {
  'openai-chat': async (access) =>
    drain(openai(access).chat.completions.create({ ...chatBody(access), stream: true })),
  'openai-responses': async (access) =>
    drain(openai(access).responses.create({ model: access.model, input: 'hi', stream: true })),
  'anthropic-messages': async (access) =>
    drain(anthropic(access).messages.create({ ...messagesBody(access), stream: true })),
  'google-gemini': async (access) =>
    drain(google(access).models.generateContentStream({ model: access.model, contents: 'hi' })),
}

async function drain(stream: Promise<AsyncIterable<unknown>>): Promise<never> {
  for await (const _ of await stream);
  throw new NoEnd('The client saw nothing wrong.')
}

/** What each dialect says for a reason; Gemini has no word for calls, and Responses for neither of two. */
export const words: Readonly<Record<WireDialect, Readonly<Record<ReadReason, string>>>> = {
  'openai-chat': {
    stop: 'stop',
    length: 'length',
    'tool-calls': 'tool_calls',
    'content-filter': 'content_filter',
  },
  'openai-responses': {
    stop: 'completed',
    length: 'incomplete max_output_tokens',
    'tool-calls': 'completed',
    'content-filter': 'incomplete content_filter',
  },
  'anthropic-messages': {
    stop: 'end_turn',
    length: 'max_tokens',
    'tool-calls': 'tool_use',
    'content-filter': 'refusal',
  },
  'google-gemini': { stop: 'STOP', length: 'MAX_TOKENS', 'tool-calls': 'STOP', 'content-filter': 'SAFETY' },
}

const openai = ({ fetch, url, token }: Access) =>
  new OpenAI({ apiKey: token, baseURL: `${url}/v1`, fetch, maxRetries: 0 })

const anthropic = ({ fetch, url, token }: Access) =>
  new Anthropic({ apiKey: token, baseURL: url, fetch, maxRetries: 0 })
const google = ({ fetch, url, token }: Access) =>
  new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: url, fetch } })
const messages = [{ role: 'user' as const, content: 'hi' }]
const chatBody = ({ model }: Access) => ({ model, messages })
const messagesBody = ({ model }: Access) => ({ model, max_tokens: 1000, messages })

async function streamChat(access: Access): Promise<Shown> {
  const stream = openai(access).chat.completions.stream({
    ...chatBody(access),
    stream_options: { include_usage: true },
  })
  const { choices, usage } = await stream.finalChatCompletion()
  const [choice] = choices
  if (choice === undefined) throw new Error('There is no choice.')
  const { content, tool_calls: calls = [] } = choice.message
  return {
    text: content ?? '',
    calls: calls.map((call) =>
      'function' in call
        ? { name: call.function.name, arguments: argumentsOf(call.function.arguments) }
        : customCall(call),
    ),
    reason: choice.finish_reason,
    usage: {
      input: numberOf(usage?.prompt_tokens),
      cached: numberOf(usage?.prompt_tokens_details?.cached_tokens),
      output: numberOf(usage?.completion_tokens),
    },
  }
}

function customCall(call: object) {
  const { custom } = call as { readonly custom: { readonly name: string; readonly input: string } }
  return { name: custom.name, arguments: { input: custom.input } }
}

async function streamResponses(access: Access): Promise<Shown> {
  const stream = openai(access).responses.stream({ model: access.model, input: 'hi' })
  const {
    output,
    output_text: text,
    status,
    incomplete_details: details,
    usage,
  } = await stream.finalResponse()
  if (status === 'in_progress') throw new NoEnd('The answer is in progress for ever.')
  if (status === 'failed') throw new Error('The answer has failed.')
  return {
    text,
    calls: output.flatMap((item) => {
      if (item.type === 'function_call') return [{ name: item.name, arguments: argumentsOf(item.arguments) }]
      return item.type === 'custom_tool_call' ? [{ name: item.name, arguments: { input: item.input } }] : []
    }),
    reason: [status, details?.reason].filter(Boolean).join(' '),
    usage: {
      input: numberOf(usage?.input_tokens),
      cached: numberOf(usage?.input_tokens_details.cached_tokens),
      output: numberOf(usage?.output_tokens),
    },
  }
}

async function streamMessages(access: Access): Promise<Shown> {
  const stream = anthropic(access).messages.stream(messagesBody(access))
  const { content, stop_reason: reason, usage } = await stream.finalMessage()
  const cached = usage.cache_read_input_tokens ?? 0
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, arguments: block.input }] : [],
    ),
    reason: String(reason),
    usage: {
      input: usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0),
      cached,
      output: usage.output_tokens,
    },
  }
}

async function streamGemini(access: Access): Promise<Shown> {
  const chunks: GenerateContentResponse[] = []
  for await (const chunk of await google(access).models.generateContentStream({
    model: access.model,
    contents: 'hi',
  }))
    chunks.push(chunk)
  const candidates = chunks.flatMap((chunk) => chunk.candidates?.slice(0, 1) ?? [])
  const parts = candidates.flatMap(({ content }) => content?.parts ?? [])
  const reason = candidates.findLast(({ finishReason }) => finishReason !== undefined)?.finishReason
  if (reason === undefined) throw new NoEnd('The answer has no end.')
  return {
    text: parts.map(({ text = '', thought }) => (thought ? '' : text)).join(''),
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [{ name: call.name ?? '', arguments: call.args ?? {} }],
    ),
    reason,
    usage: usageOf(chunks),
  }
}

function usageOf(chunks: readonly GenerateContentResponse[]): ReadUsage {
  const usages = chunks.map(({ usageMetadata }) => usageMetadata)
  const usage = usages.findLast((counts) => counts?.promptTokenCount !== undefined)
  return {
    input: numberOf(usage?.promptTokenCount),
    cached: numberOf(usage?.cachedContentTokenCount),
    output: numberOf(usage?.candidatesTokenCount) + numberOf(usage?.thoughtsTokenCount),
  }
}
