import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import {
  translateAnswer,
  translateRequest,
  translateStream,
  warned,
} from '../../../../../test/translation/translation.ts'
import { recording } from '../../../../../test/upstream/wire.ts'
import { openai } from '../../providers/openai.ts'
import type { AnswerFilters } from '../answer-filters/answer-filters.ts'
import type { RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'

const openaiTarget = { traits: openai, model: 'gpt-5' }
const longName = `mcp__${'server_'.repeat(9)}_the_tool`

function translate(body: JsonObject, target: Partial<RenderTarget> = {}) {
  const whole = { model: 'claude', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }], ...body }
  return translateRequest(['anthropic-messages', 'openai-chat'], whole, target)
}

const use = (id: string, name = 'f') => ({ type: 'tool_use', id, name, input: { a: 1 } })
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }

describe('requests of Messages clients', () => {
  test('T02 T16 results, their pictures, then the rest', () => {
    const { body } = translate({
      messages: [
        { role: 'user', content: 'w?' },
        { role: 'assistant', content: [use('t1'), use('t2')] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'note' },
            { type: 'tool_result', tool_use_id: 't1', content: [image] },
            { type: 'tool_result', tool_use_id: 't2', content: 'no', is_error: true },
          ],
        },
      ],
    })
    expect(body.messages).toEqual([
      { role: 'user', content: 'w?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: ['t1', 't2'].map((id) => ({
          id,
          type: 'function',
          function: { name: 'f', arguments: '{"a":1}' },
        })),
      },
      { role: 'tool', tool_call_id: 't1', content: '[image]' },
      { role: 'tool', tool_call_id: 't2', content: 'Error: no' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'text', text: 'note' },
        ],
      },
    ])
  })

  test('Claude Code’s reach OpenAI', () => {
    const ephemeral = { type: 'ephemeral', ttl: '1h' }
    const { body, warnings } = translate(
      {
        max_tokens: 32_000,
        system: [
          { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1; cch=a1b2;' },
          { type: 'text', text: 'You are Claude Code.', cache_control: ephemeral },
        ],
        thinking: { type: 'enabled', budget_tokens: 31_999 },
        metadata: { user_id: `user_${'a'.repeat(64)}_account__session_1` },
        tools: [
          { name: 'f', input_schema: { type: 'object' }, cache_control: ephemeral, defer_loading: true },
        ],
        stream: true,
      },
      openaiTarget,
    )
    expect(warnings).toEqual([])
    expect(body).toEqual({
      model: 'gpt-5',
      messages: [
        { role: 'developer', content: 'You are Claude Code.' },
        { role: 'user', content: 'Hello' },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      max_completion_tokens: 32_000,
      reasoning_effort: 'high',
      safety_identifier: expect.stringMatching(/^[0-9a-f]{64}$/),
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  test('T12 temperature is not for models that reason', () => {
    const rendered = translate({ temperature: 0.5, top_k: 5 }, openaiTarget)
    expect(warned(rendered)).toEqual(['temperature dropped', 'top_k dropped'])
    expect(translate({ temperature: 0.5 }).body).toMatchObject({ temperature: 0.5 })
  })

  test('T30 tools with long names are called by them', () => {
    const messages = [
      { role: 'user', content: 'w?' },
      { role: 'assistant', content: [use('t1', longName)] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'ok' }] },
    ]
    const tools = [{ name: longName, input_schema: { type: 'object' } }]
    const { body, answer } = translate({ messages, tools, tool_choice: { type: 'tool', name: longName } })
    const { name } = (body.tools as { function: { name: string } }[])[0]?.function ?? { name: '' }
    expect(name).toHaveLength(64)
    expect(body.tool_choice).toEqual({ type: 'function', function: { name } })
    expect(body.messages).toMatchObject([{}, { tool_calls: [{ function: { name } }] }, {}])
    const call = { id: 'a', type: 'function', function: { name, arguments: '{}' } }
    const choices = [{ index: 0, message: { tool_calls: [call] }, finish_reason: 'tool_calls' }]
    const shown = translateAnswer(['openai-chat', 'anthropic-messages'], { choices }, { answer })
    expect(shown.content).toMatchObject([{ type: 'tool_use', id: 'a', name: longName }])
  })
})

async function read(file: string, answer: AnswerFilters = {}) {
  const pieces = recording(file).events.map((event) => Buffer.from(event))
  const wire = translateStream(['openai-chat', 'anthropic-messages'], pieces, { answer })
  const client = new Anthropic({
    apiKey: 'k',
    fetch: async () => new Response(wire, { headers: { 'content-type': 'text/event-stream' } }),
  })
  const request = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'Hello' }] }
  return { wire, message: await client.messages.stream(request).finalMessage() }
}

describe('answers of Chat providers, read by Anthropic’s client', () => {
  test('T07 DeepSeek reasons, then calls', async () => {
    const { wire, message } = await read('deepseek/deepseek-tool-call.chunks.txt')
    expect(message.content).toMatchObject([
      { type: 'thinking', signature: '' },
      { type: 'tool_use', name: 'weather', input: { location: 'San Francisco' } },
    ])
    expect(wire).not.toContain('signature_delta')
    expect(message.stop_reason).toBe('tool_use')
    expect(message.usage).toMatchObject({
      input_tokens: 19,
      cache_read_input_tokens: 320,
      output_tokens: 83,
      output_tokens_details: { thinking_tokens: 39 },
    })
  })

  test('T04 T22 xAI tells all arguments at once', async () => {
    const { wire, message } = await read('openai-compatible/xai-tool-call.chunks.txt')
    expect(message.content).toMatchObject([
      { type: 'thinking' },
      { type: 'tool_use', name: 'weather', input: { location: 'San Francisco' } },
    ])
    expect(wire.match(/input_json_delta/g)).toHaveLength(1)
    expect(message.usage).toMatchObject({
      output_tokens: 253,
      output_tokens_details: { thinking_tokens: 227 },
    })
  })

  test('T04 Groq has no arguments', async () => {
    const { message } = await read('groq/groq-tool-call.chunks.txt')
    expect(message.content).toMatchObject([{ type: 'tool_use', name: 'weather', input: {} }])
  })

  test('T21 Azure names nothing at first', async () => {
    const { message } = await read('openai/azure-model-router.1.chunks.txt')
    expect(message.content).toMatchObject([{ type: 'text', text: 'Capital of Denmark.' }])
    expect(message.model).toBe('gpt-5-nano-2025-08-07')
    expect(message.usage).toMatchObject({
      input_tokens: 15,
      output_tokens: 78,
      output_tokens_details: { thinking_tokens: 64 },
    })
  })

  test.each([
    ['mistral/mistral-incremental-tool-call.chunks.txt', { query: 'current Berlin weather' }],
    ['alibaba/alibaba-tool-call.chunks.txt', { location: 'San Francisco' }],
    ['openai-compatible/anthropic-fallback-tool-call.sse', { path: 'a.txt' }],
  ])('%s', async (file, input) => {
    const { message } = await read(file)
    expect(message.content.at(-1)).toMatchObject({ type: 'tool_use', input })
    expect(message.stop_reason).toBe('tool_use')
  })
})

describe('whole answers', () => {
  const answer = (message: JsonObject, finish_reason: string) =>
    translateAnswer(['openai-chat', 'anthropic-messages'], {
      id: 'c',
      choices: [{ index: 0, message, finish_reason }],
    })

  test('T36 may be empty', () => {
    expect(answer({ content: '' }, 'stop')).toMatchObject({ content: [], stop_reason: 'end_turn' })
  })

  test('that stop although they call, that are cut, and that are filtered', () => {
    const tool_calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '' } }]
    expect(answer({ tool_calls }, 'stop')).toMatchObject({
      content: [{ input: {} }],
      stop_reason: 'tool_use',
    })
    expect(answer({ content: 'a' }, 'length').stop_reason).toBe('max_tokens')
    expect(answer({ content: 'a' }, 'content_filter').stop_reason).toBe('refusal')
    expect(answer({ content: null, refusal: 'No' }, 'stop')).toMatchObject({
      content: [{ type: 'text', text: 'No' }],
      stop_reason: 'refusal',
    })
  })
})
