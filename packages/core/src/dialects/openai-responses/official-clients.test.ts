import { createOpenAI, type OpenAIResponsesProviderOptions } from '@ai-sdk/openai'
import type { AIMessageChunk } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, jsonSchema, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { collectChat } from '../../../../../test/translation/messages-to-chat.ts'
import {
  answerContext,
  parseRequest,
  parseStream,
  renderRequest,
  renderStream,
} from '../../../../../test/translation/translation.ts'
import { recordedFiles, recording } from '../../../../../test/upstream/wire.ts'
import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { renderResponsesAnswer } from './render-answer.ts'

/** Several messages in one file, and one that ends in an error on purpose. */
const others = ['programmatic-tool-calling', 'spliced']
const files = recordedFiles()
  .filter((file) => file.startsWith('anthropic/'))
  .filter((file) => !others.some((name) => file.includes(name)))

function deltasOf(file: string): readonly Delta[] {
  return parseStream(
    'anthropic-messages',
    recording(file).events.map((event) => Buffer.from(event)),
  )
}

const streamed = (wire: string) => async () =>
  new Response(wire, { headers: { 'content-type': 'text/event-stream' } })
const whole = (deltas: readonly Delta[]) => async () =>
  Response.json(renderResponsesAnswer(deltas, answerContext))

const openai = (answer: () => Promise<Response>) =>
  new OpenAI({ apiKey: 'k', baseURL: 'http://localhost/v1', fetch: answer, maxRetries: 0 }).responses
const aiModel = (answer: () => Promise<Response>) =>
  createOpenAI({ apiKey: 'k', baseURL: 'http://localhost/v1', fetch: answer }).responses('gpt-5')

const asked = { model: 'gpt-5', input: 'hi' }

describe.each(files)('%s', (file) => {
  const deltas = deltasOf(file)
  const wire = renderStream('openai-responses', deltas)
  const chat = collectChat(renderStream('openai-chat', deltas))
  const calls = chat.toolCalls.map(({ id, function: call }) => ({
    call_id: id,
    name: call.name,
    arguments: call.arguments,
  }))
  const usage = chat.usage as { prompt_tokens: number; completion_tokens: number; total_tokens: number }

  test('the OpenAI SDK iterates over the stream and collects it', async () => {
    const client = openai(streamed(wire))
    let text = ''
    for await (const event of await client.create({ ...asked, stream: true })) {
      if (event.type === 'response.output_text.delta') text += event.delta
    }
    expect(text).toBe(chat.content)
    const response = await client.stream(asked).finalResponse()
    expect(response.output_text).toBe(chat.content)
    expect(response.output.filter(({ type }) => type === 'function_call')).toMatchObject(calls)
    expect(response.usage).toMatchObject({
      input_tokens: usage.prompt_tokens,
      output_tokens: usage.completion_tokens,
      total_tokens: usage.total_tokens,
    })
    const created = await openai(whole(deltas)).create(asked)
    expect(created.output_text).toBe(chat.content)
    // The stream's items have members of the client's own beside those of the wire.
    expect(response.output).toMatchObject(created.output)
  })

  test('the AI SDK reads the stream and the JSON', async () => {
    const errors: unknown[] = []
    const streaming = streamText({
      model: aiModel(streamed(wire)),
      prompt: 'hi',
      onError: ({ error }) => void errors.push(error),
    })
    await streaming.consumeStream()
    expect(errors).toEqual([])
    const generated = await generateText({ model: aiModel(whole(deltas)), prompt: 'hi', maxRetries: 0 })
    for (const step of [(await streaming.steps)[0], generated.steps[0]]) {
      expect(step).toMatchObject({
        text: chat.content || chat.refusal,
        finishReason: chat.finishReasons[0]?.replace('_', '-'),
        usage: { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens },
      })
      expect(step?.sources).toHaveLength(chat.annotations.length)
      expect(step?.reasoningText ?? '').toBe(chat.reasoning)
      expect(step?.toolCalls.map(({ toolCallId }) => toolCallId)).toEqual(chat.toolCalls.map(({ id }) => id))
    }
  })
})

const block = (index: number, ...deltas: Delta[]): Delta[] => [...deltas, { type: 'block-stop', index }]
const everything: readonly Delta[] = [
  { type: 'start', id: 'msg_1', model: 'claude-1' },
  ...block(
    0,
    { type: 'thinking-start', index: 0 },
    { type: 'thinking', index: 0, text: 'Hm.' },
    { type: 'seal', index: 0, seal: { origin: 'anthropic', value: 'sig' } },
  ),
  ...block(
    1,
    { type: 'thinking-start', index: 1, redacted: true },
    { type: 'seal', index: 1, seal: { origin: 'anthropic', value: 'data' } },
  ),
  ...block(
    2,
    { type: 'thinking-start', index: 2 },
    { type: 'thinking', index: 2, text: 'So.' },
    { type: 'seal', index: 2, seal: { origin: 'openai', value: 'gAAA', id: 'rs_9' } },
  ),
  ...block(
    3,
    { type: 'text-start', index: 3 },
    {
      type: 'text',
      index: 3,
      text: 'Hi',
      logprobs: [{ token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }],
    },
    { type: 'citation', index: 3, url: 'https://a', title: 'A' },
  ),
  { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' },
  ...block(
    4,
    { type: 'tool-start', index: 4, id: 'c4', name: 'f', seal: { origin: 'google', value: 'gsig' } },
    { type: 'tool-arguments', index: 4, json: '{"a":1}' },
  ),
  ...block(
    5,
    { type: 'tool-start', index: 5, id: 'c5', name: 'patch', custom: true },
    { type: 'tool-arguments', index: 5, json: 'raw "text"' },
  ),
  {
    type: 'finish',
    reason: 'tool-calls',
    usage: { inputUncached: 1, cacheRead: 0, cacheWrite: 0, output: 2 },
  },
]
const wire = renderStream('openai-responses', everything)

test('T09 T10 what the OpenAI SDK collects comes back as it was', async () => {
  const streamedOutput = (await openai(streamed(wire)).stream(asked).finalResponse()).output
  const { output } = await openai(whole(everything)).create(asked)
  expect(streamedOutput).toMatchObject(output)
  for (const items of [output, streamedOutput]) {
    const input = [{ role: 'user', content: 'hi' }, ...items]
    const [, turn] = parseRequest('openai-responses', { model: 'claude', input }).messages
    expect(turn?.parts).toMatchObject([
      { type: 'thinking', text: 'Hm.', seal: { origin: 'anthropic', value: 'sig' } },
      { type: 'thinking', text: '', seal: { origin: 'anthropic', value: 'data' }, redacted: true },
      { type: 'thinking', text: 'So.', seal: { origin: 'openai', value: 'gAAA', id: 'rs_9' } },
      { type: 'text', text: 'Hi' },
      { type: 'opaque', value: { type: 'image_generation_call', result: 'AAAA' } },
      {
        type: 'tool-call',
        id: 'c4',
        name: 'f',
        arguments: '{"a":1}',
        seal: { origin: 'google', value: 'gsig' },
      },
      { type: 'tool-call', id: 'c5', name: 'patch', arguments: 'raw "text"', custom: true },
    ])
  }
})

test('T09 the AI SDK brings thinking, its signature and the call back in its next step', async () => {
  const bodies: JsonObject[] = []
  const first = everything.filter((delta) =>
    'index' in delta ? [0, 4].includes(delta.index) : delta.type !== 'media',
  )
  const last: Delta[] = [
    { type: 'start', id: 'msg_2', model: 'claude-1' },
    ...block(0, { type: 'text-start', index: 0 }, { type: 'text', index: 0, text: 'Done.' }),
    { type: 'finish', reason: 'stop' },
  ]
  const model = createOpenAI({
    apiKey: 'k',
    baseURL: 'http://localhost/v1',
    fetch: async (_, init) => {
      bodies.push(JSON.parse(String(init?.body)))
      return streamed(renderStream('openai-responses', bodies.length === 1 ? first : last))()
    },
  }).responses('gpt-5')
  const providerOptions = { openai: { store: false } satisfies OpenAIResponsesProviderOptions }
  const f = tool({ inputSchema: jsonSchema({ type: 'object' }), execute: () => 'sunny' })
  const result = streamText({
    model,
    prompt: 'hi',
    tools: { f },
    providerOptions,
    stopWhen: ({ steps }) => steps.length === 2,
  })
  expect((await result.steps).map(({ text }) => text)).toEqual(['', 'Done.'])
  const conversation = parseRequest('openai-responses', bodies[1] ?? {})
  expect(conversation.messages[1]?.parts).toMatchObject([
    { type: 'thinking', text: 'Hm.', seal: { origin: 'anthropic', value: 'sig' } },
    { type: 'tool-call', id: 'c4', seal: { origin: 'google', value: 'gsig' } },
  ])
  const { body } = renderRequest('anthropic-messages', conversation, { model: 'claude-sonnet-4-5' })
  expect(JSON.stringify(body.messages)).toContain('"thinking":"Hm.","signature":"sig"')
})

describe('T23 an error in mid-stream', () => {
  const error: Delta = { type: 'error', kind: 'overloaded_error', message: 'Overloaded' }
  const broken = renderStream('openai-responses', [...everything.slice(0, 4), error])

  test('is thrown by the OpenAI SDK, whichever way it reads', async () => {
    const client = openai(streamed(broken))
    const iterated = async () => {
      for await (const _ of await client.create({ ...asked, stream: true }));
    }
    const expected = { code: 'overloaded_error', type: 'server_error', message: 'Overloaded' }
    await expect(iterated()).rejects.toMatchObject(expected)
    await expect(client.stream(asked).finalResponse()).rejects.toMatchObject(expected)
  })

  test('is an error of the AI SDK', async () => {
    const errors: unknown[] = []
    const result = streamText({
      model: aiModel(streamed(broken)),
      prompt: 'hi',
      onError: ({ error }) => void errors.push(error),
    })
    await result.consumeStream()
    expect(String(errors[0])).toContain('Overloaded')
    expect(await result.finishReason).toBe('error')
  })
})

test('what was said is text for every client', async () => {
  const deltas: Delta[] = [
    { type: 'start', id: 'a', model: 'm' },
    { type: 'media', kind: 'audio', mediaType: 'audio/wav', data: 'AAE=', transcript: 'Hi' },
    { type: 'finish', reason: 'stop' },
  ]
  const spoken = streamed(renderStream('openai-responses', deltas))
  expect((await openai(spoken).stream(asked).finalResponse()).output_text).toBe('Hi')
  expect((await openai(whole(deltas)).create(asked)).output_text).toBe('Hi')
  expect(await streamText({ model: aiModel(spoken), prompt: 'hi' }).text).toBe('Hi')
  expect((await generateText({ model: aiModel(whole(deltas)), prompt: 'hi' })).text).toBe('Hi')
})

test('LangChain reads streams and JSON', async () => {
  const chat = (fetch: () => Promise<Response>) =>
    new ChatOpenAI({ model: 'gpt-5', apiKey: 'k', useResponsesApi: true, configuration: { fetch } })
  let streamedMessage: AIMessageChunk | undefined
  for await (const chunk of await chat(streamed(wire)).stream('hi')) {
    streamedMessage = streamedMessage?.concat(chunk) ?? chunk
  }
  for (const message of [streamedMessage, await chat(whole(everything)).invoke('hi')]) {
    expect(message?.text).toBe('Hi')
    expect(message?.tool_calls).toMatchObject([{ id: 'c4', name: 'f', args: { a: 1 } }, { id: 'c5' }])
    expect(message?.usage_metadata).toMatchObject({ input_tokens: 1, output_tokens: 2, total_tokens: 3 })
  }
})
