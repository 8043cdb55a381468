import { describe, expect, test } from 'vitest'
import { refusal } from '../../../../../test/translation/chat-to-messages.ts'
import { renderRequest } from '../../../../../test/translation/translation.ts'
import { openai } from '../../providers/openai.ts'
import type { JsonObject } from '../json.ts'
import { parseChatRequest } from './parse-request.ts'

describe('bad shapes', () => {
  test.each<[string, JsonObject]>([
    ['model', { model: 7 }],
    ['messages', { messages: 'Hello' }],
    ['messages.0', { messages: ['Hello'] }],
    ['messages.0.role', { messages: [{ role: 'robot', content: '' }] }],
    ['messages.0.content', { messages: [{ role: 'user' }] }],
    ['messages.0.content.0.text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages.0.tool_call_id', { messages: [{ role: 'tool', content: '' }] }],
    ['temperature', { temperature: 'hot' }],
    ['stream', { stream: 'yes' }],
    ['stop.1', { stop: ['a', 1] }],
    ['response_format.type', { response_format: { type: 'xml' } }],
    ['tools.0.function', { tools: [{ type: 'function' }] }],
    ['tool_choice', { tool_choice: 'maybe' }],
    ['modalities.0', { modalities: ['smell'] }],
    ['metadata.a', { metadata: { a: 1 } }],
    ['seed', { seed: '7' }],
    ['tools.0.custom', { tools: [{ type: 'custom' }] }],
  ])('are refused at %s', (param, body) => {
    expect(refusal({ body })).toEqual({ code: 'invalid_request', param, status: 400 })
  })
})

const parse = (body: JsonObject) => parseChatRequest({ model: 'm', messages: [], ...body })

describe('settings', () => {
  test('that several dialects know', () => {
    const body = {
      seed: 7,
      frequency_penalty: 0.5,
      presence_penalty: -0.5,
      verbosity: 'low',
      modalities: ['text', 'audio'],
      metadata: { a: 'b' },
      store: true,
      prompt_cache_key: 'k',
      audio: { voice: 'alloy' },
      web_search_options: {},
    }
    const parsed = parse(body)
    expect(parsed).toMatchObject({
      seed: 7,
      frequencyPenalty: 0.5,
      presencePenalty: -0.5,
      verbosity: 'low',
      modalities: ['text', 'audio'],
      metadata: { a: 'b' },
      store: true,
      cacheKey: 'k',
    })
    expect([...parsed.extensions.keys()]).toEqual(['audio', 'web_search_options'])
  })

  test.each<[JsonObject, number | undefined]>([
    [{ logprobs: true }, 0],
    [{ logprobs: true, top_logprobs: 3 }, 3],
    [{ logprobs: false, top_logprobs: 3 }, undefined],
    [{ logprobs: null }, undefined],
  ])('log probabilities: %j', (body, logprobs) => {
    expect(parse(body).logprobs).toBe(logprobs)
  })
})

describe('tools that take free text', () => {
  test('their calls and what came of them', () => {
    const grammar = { syntax: 'lark', definition: 'start: "a"' }
    const { tools, toolChoice, messages } = parse({
      tools: [{ type: 'custom', custom: { name: 'patch', format: { type: 'grammar', grammar } } }],
      tool_choice: { type: 'custom', custom: { name: 'patch' } },
      messages: [
        {
          role: 'assistant',
          tool_calls: [
            { id: 'a', type: 'custom', custom: { name: 'patch', input: '***' } },
            {
              id: 'b',
              type: 'function',
              function: { name: 'f', arguments: '{}' },
              extra_content: { google: { thought_signature: 'S' } },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: 'done' },
        { role: 'tool', tool_call_id: 'b', content: 'done' },
      ],
    })
    expect(tools).toMatchObject([{ type: 'custom', name: 'patch', format: { type: 'grammar', ...grammar } }])
    expect(toolChoice).toEqual({ type: 'tool', name: 'patch' })
    expect(messages[0]?.parts).toMatchObject([
      { id: 'a', name: 'patch', arguments: '***', custom: true },
      { id: 'b', seal: { origin: 'google', value: 'S' } },
    ])
    expect(messages[1]?.parts[0]).toHaveProperty('custom', true)
    expect(messages[2]?.parts[0]).not.toHaveProperty('custom')
  })
})

describe('in its own dialect', () => {
  const mark = { type: 'ephemeral', ttl: '1h' }

  test('a request comes out as it went in', () => {
    const body = {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.', name: 'operator' },
        {
          role: 'user',
          name: 'ann',
          content: [
            { type: 'text', text: 'Look', cache_control: mark, note: 1 },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
            { type: 'file', file: { file_id: 'file-1' } },
            { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
          ],
        },
        {
          role: 'assistant',
          content: 'Well',
          reasoning_content: 'hm',
          audio: { id: 'audio_1' },
          tool_calls: [
            {
              id: 'a',
              type: 'function',
              function: { name: 'f', arguments: '{"a":1}' },
              extra_content: { google: { thought_signature: 'S' } },
            },
            { id: 'b', type: 'custom', custom: { name: 'p', input: 'x' } },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: 'bad', is_error: true },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: '2', cache_control: mark }] },
        { role: 'assistant', content: null, refusal: 'No' },
        {
          role: 'assistant',
          content: 'Hi',
          thinking_blocks: [
            { type: 'thinking', thinking: '', signature: 'S' },
            { type: 'redacted_thinking', data: 'D' },
          ],
        },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'f', description: 'F', parameters: { type: 'object' }, strict: true },
          cache_control: mark,
        },
        { type: 'custom', custom: { name: 'p', format: { type: 'grammar', grammar: { syntax: 'lark' } } } },
      ],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'custom', custom: { name: 'p' } }] },
      },
      parallel_tool_calls: false,
      max_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 3,
      seed: 1,
      frequency_penalty: 1,
      presence_penalty: 1,
      logprobs: true,
      top_logprobs: 2,
      stop: ['a', 'b'],
      reasoning_effort: 'low',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'o', description: 'O', schema: { type: 'object' }, strict: true },
      },
      verbosity: 'low',
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'wav' },
      n: 2,
      user: 'u',
      service_tier: 'flex',
      prompt_cache_key: 'k',
      metadata: { a: 'b' },
      store: true,
      web_search_options: {},
      stream: true,
      stream_options: { include_usage: true },
    }
    const { body: again, warnings } = renderRequest('openai-chat', parseChatRequest(body), { model: 'm' })
    expect(again).toEqual(body)
    expect(warnings).toEqual([])
  })

  test.each([[{ type: 'enabled', budget_tokens: 2000 }], [{ type: 'adaptive' }]])(
    'thinking in Anthropic’s words: %j',
    (thinking) => {
      const { body } = renderRequest('openai-chat', parse({ thinking }))
      expect(body.thinking).toEqual(thinking)
    },
  )

  test('breakpoints of OpenAI’s own', () => {
    const content = [
      { type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
      { type: 'text', text: 'b' },
    ]
    const messages = [{ role: 'user', content }]
    const { body } = renderRequest('openai-chat', parse({ messages }), { traits: openai })
    expect(body.messages).toEqual(messages)
  })
})
