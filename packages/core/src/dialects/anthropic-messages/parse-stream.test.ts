import { describe, expect, test } from 'vitest'
import {
  collectChat,
  context,
  frame,
  translateStream,
} from '../../../../../test/translation/messages-to-chat.ts'
import { createAnswerFilter } from '../answer-filters/answer-filters.ts'
import type { JsonObject } from '../json.ts'
import { renderChatAnswer } from '../openai-chat/render-answer.ts'
import { parseMessagesAnswer } from './parse-answer.ts'

const start = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude-x', content: [], usage: { input_tokens: 3, output_tokens: 1 } },
}
const block = (index: number, content_block: JsonObject) => ({
  type: 'content_block_start',
  index,
  content_block,
})
const delta = (index: number, value: JsonObject) => ({ type: 'content_block_delta', index, delta: value })
const stop = (index: number) => ({ type: 'content_block_stop', index })
const close = (stop_reason: string, more: JsonObject = {}) => [
  { type: 'message_delta', delta: { stop_reason, ...more }, usage: { output_tokens: 5 } },
  { type: 'message_stop' },
]
const said = (text: string) => [
  block(0, { type: 'text', text: '' }),
  delta(0, { type: 'text_delta', text }),
  stop(0),
]

const read = (events: readonly JsonObject[], options = {}) =>
  collectChat(translateStream(frame(events), options))

describe('streams', () => {
  test('T08 T10 reasoning, its signature and redacted thinking reach the client', () => {
    const answer = read([
      start,
      block(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      delta(0, { type: 'signature_delta', signature: 'S' }),
      stop(0),
      block(1, { type: 'redacted_thinking', data: 'opaque' }),
      stop(1),
      block(2, { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }),
      delta(2, { type: 'input_json_delta', partial_json: '' }),
      delta(2, { type: 'input_json_delta', partial_json: '{"a":' }),
      delta(2, { type: 'input_json_delta', partial_json: '1}' }),
      stop(2),
      ...close('tool_use'),
    ])
    expect(answer).toMatchObject({
      reasoning: 'hm',
      thinkingBlocks: [
        { type: 'thinking', thinking: 'hm', signature: 'S' },
        { type: 'redacted_thinking', data: 'opaque' },
      ],
      toolCalls: [{ id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      finishReasons: ['tool_calls'],
      model: 'claude-x',
    })
    expect([...answer.ids]).toEqual(['msg_1'])
  })

  test('tool calls are counted without the blocks between them', () => {
    const call = (index: number, id: string) => [
      block(index, { type: 'tool_use', id, name: 'f', input: {} }),
      stop(index),
    ]
    const server = [
      block(1, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      delta(1, { type: 'input_json_delta', partial_json: '{"leak":1}' }),
      stop(1),
    ]
    const answer = read([start, ...call(0, 'a'), ...server, ...call(2, 'b'), ...close('tool_use')])
    expect(answer.toolCalls).toMatchObject([
      { id: 'a', function: { arguments: '{}' } },
      { id: 'b', function: { arguments: '{}' } },
    ])
  })

  test.each([
    ['T31', 'stop_sequence', 'stop'],
    ['T32', 'pause_turn', 'stop'],
    ['', 'end_turn', 'stop'],
    ['', 'max_tokens', 'length'],
    ['', 'model_context_window_exceeded', 'length'],
    ['T33', 'refusal', 'content_filter'],
    ['', 'something_new', 'stop'],
  ])('%s %s finishes with %s', (_, reason, finish) => {
    expect(read([start, ...said('a'), ...close(reason)]).finishReasons).toEqual([finish])
  })

  test('T33 a refusal explains itself only where nothing was said', () => {
    const details = { stop_details: { type: 'refusal', explanation: 'No.' } }
    expect(read([start, ...close('refusal', details)])).toMatchObject({ content: '', refusal: 'No.' })
    expect(read([start, ...said('a'), ...close('refusal', details)])).toMatchObject({
      content: 'a',
      refusal: '',
    })
  })

  test('T23 a failure in mid-stream is an error frame without an end', () => {
    const wire = translateStream(
      frame([
        start,
        ...said('a'),
        { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
        ...close('end_turn'),
      ]),
    )
    const answer = collectChat(wire)
    expect(answer).toMatchObject({ content: 'a', done: false, finishReasons: [] })
    expect(answer.error).toEqual({
      message: 'Overloaded',
      type: 'server_error',
      param: null,
      code: 'overloaded_error',
    })
  })

  test("the operator's own trouble with the provider stays the operator's", () => {
    const error = { type: 'billing_error', message: 'Your credit balance is too low, key sk-ant-1' }
    const wire = translateStream(frame([start, { type: 'error', error }]))
    expect(wire).not.toMatch(/credit|sk-ant/)
    expect(collectChat(wire).error?.code).toBe('upstream_quota_exhausted')
  })

  test('T25 an event cut in its middle is an error, not a silence', () => {
    const [first, second] = frame([start, delta(0, { type: 'text_delta', text: 'a' })]) as [Buffer, Buffer]
    const answer = collectChat(translateStream([first, second.subarray(0, -10)]))
    expect(answer).toMatchObject({ done: false, error: { code: 'upstream_error' } })
  })

  test('T39 servers without `event:` lines and with `[DONE]` are understood', () => {
    const events = [start, ...said('a'), ...close('end_turn')]
    const wire = `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`
    expect(translateStream([Buffer.from(wire)])).toBe(translateStream(frame(events)))
  })

  test('P6 usage goes only to clients that asked for it', () => {
    const events = frame([start, ...said('a'), ...close('end_turn')])
    expect(translateStream(events, { includeUsage: false })).not.toContain('usage')
    const frames = translateStream(events).trim().split('\n\n')
    expect(frames.at(-1)).toBe('data: [DONE]')
    expect(JSON.parse(frames.at(-2)?.slice('data: '.length) ?? '')).toEqual({
      id: 'msg_1',
      object: 'chat.completion.chunk',
      created: context.created,
      model: 'claude-x',
      choices: [],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 5,
        total_tokens: 8,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    })
    expect(frames.slice(0, -2).every((text) => text.endsWith(',"usage":null}'))).toBe(true)
  })

  test('T14 text beside the unwrapped answer is left out, and shown where no answer came', () => {
    const answer = { answerTool: 'json' }
    const json = [block(1, { type: 'tool_use', id: 't', name: 'json', input: { a: 1 } }), stop(1)]
    const events = [start, ...said('Here it is:'), ...json, ...close('tool_use')]
    expect(read(events, { answer })).toMatchObject({
      content: '{"a":1}',
      toolCalls: [],
      finishReasons: ['stop'],
    })
    expect(read(events)).toMatchObject({ content: 'Here it is:', finishReasons: ['tool_calls'] })
    expect(read([start, ...said('I cannot.'), ...close('end_turn')], { answer })).toMatchObject({
      content: 'I cannot.',
      finishReasons: ['stop'],
    })
    expect(read([start, ...json, ...close('max_tokens')], { answer }).finishReasons).toEqual(['length'])
  })
})

describe('whole answers', () => {
  const message = {
    id: 'msg_1',
    type: 'message',
    model: 'claude-x',
    content: [
      { type: 'thinking', thinking: 'hm', signature: 'S' },
      { type: 'text', text: 'Hi ' },
      {
        type: 'text',
        text: 'there',
        citations: [{ type: 'web_search_result_location', url: 'https://a.example/', title: 'A' }],
      },
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { q: 1 } },
      { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
      { type: 'tool_use', id: 'u', name: 'g', input: {} },
    ],
    stop_reason: 'tool_use',
    usage: {
      input_tokens: 10,
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
      cache_read_input_tokens: 1000,
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 },
    },
  }

  const parse = (body: JsonObject) => parseMessagesAnswer(body) ?? []

  test('T17 become one completion with the whole prompt in its usage', () => {
    expect(renderChatAnswer(parse(message), context)).toEqual({
      id: 'msg_1',
      object: 'chat.completion',
      created: context.created,
      model: 'claude-x',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hi there',
            refusal: null,
            reasoning_content: 'hm',
            thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'S' }],
            annotations: [
              {
                type: 'url_citation',
                url_citation: { url: 'https://a.example/', title: 'A', start_index: 3, end_index: 8 },
              },
            ],
            tool_calls: [
              { id: 't', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
              { id: 'u', type: 'function', function: { name: 'g', arguments: '{}' } },
            ],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 1110,
        completion_tokens: 50,
        total_tokens: 1160,
        prompt_tokens_details: { cached_tokens: 1000, cache_write_tokens: 100 },
        completion_tokens_details: { reasoning_tokens: 20 },
      },
    })
  })

  test('with tools only have null content', () => {
    const content = message.content.slice(-1)
    const { choices } = renderChatAnswer(parse({ ...message, content }), context)
    expect(choices).toMatchObject([{ message: { content: null } }])
  })

  test('T14 are unwrapped like streams', () => {
    const content = [
      { type: 'text', text: 'Here:' },
      { type: 'tool_use', id: 't', name: 'json', input: { a: 1 } },
    ]
    const deltas = parse({ ...message, content }).flatMap(createAnswerFilter({ answerTool: 'json' }))
    const { choices } = renderChatAnswer(deltas, context)
    expect(choices).toMatchObject([{ message: { content: '{"a":1}' }, finish_reason: 'stop' }])
    expect(JSON.stringify(choices)).not.toContain('tool_calls')
  })
})
