import { describe, expect, test } from 'vitest'
import {
  parseRequest,
  renderRequest,
  translateRequest,
  warned,
} from '../../../../../test/translation/translation.ts'
import type { JsonObject } from '../json.ts'
import { packSeal } from '../seal.ts'

const text = (value: string, more: JsonObject = {}) => ({ type: 'text', text: value, ...more })
const marked = { cache_control: { type: 'ephemeral', ttl: '1h' } }
const hello = [{ role: 'user', content: [text('Hello')] }]

function again(body: JsonObject, model = 'claude-opus-5') {
  return translateRequest(
    ['anthropic-messages', 'anthropic-messages'],
    { messages: hello, ...body, model },
    { model },
  )
}

describe('a body is the same again', () => {
  test.each<[string, JsonObject]>([
    [
      'with instructions, breakpoints and citations',
      {
        system: [text('x-anthropic-billing-header: cc'), text('A', marked)],
        messages: [
          { role: 'user', content: [text('1', marked), text('2')] },
          { role: 'user', content: [text('3')] },
          { role: 'system', content: [text('B')] },
          {
            role: 'assistant',
            content: [text('4', { citations: [{ type: 'char_location', cited_text: 'a' }] })],
          },
          { role: 'user', content: [text('5')] },
        ],
      },
    ],
    [
      'with images and documents',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } },
              { type: 'image', source: { type: 'url', url: 'https://a.example' }, transformations: { a: 1 } },
              { type: 'image', source: { type: 'file', file_id: 'file_1' } },
              {
                type: 'document',
                source: { type: 'base64', media_type: 'application/pdf', data: 'AA' },
                title: 'T',
                context: 'C',
                citations: { enabled: true },
                ...marked,
              },
              { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
              { type: 'document', source: { type: 'file', file_id: 'file_1' } },
              { type: 'document', source: { type: 'content', content: [text('a'), text('b')] }, title: 'T' },
              {
                type: 'document',
                source: { type: 'content', content: [text('a'), { type: 'image', source: { type: 'url' } }] },
              },
              { type: 'search_result', source: 's', title: 't', content: [text('a')], ...marked },
              { type: 'container_upload', file_id: 'file_1' },
            ],
          },
        ],
      },
    ],
    [
      'with thinking, calls and results in their order',
      {
        tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
        messages: [
          ...hello,
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'hm', signature: 'sig' },
              { type: 'redacted_thinking', data: 'opaque' },
              { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'a' } },
              { type: 'web_search_tool_result', tool_use_id: 's1', content: [], ...marked },
              text('a'),
              { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 }, caller: { type: 'direct' } },
              { type: 'compaction', content: 'so far' },
              { type: 'tool_use', id: 't2', name: 'f', input: {} },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 't1', content: 'ok', is_error: false },
              {
                type: 'tool_result',
                tool_use_id: 't2',
                content: [
                  text('a', marked),
                  { type: 'tool_reference', tool_name: 'f' },
                  { type: 'search_result', source: 's', title: 't', content: [text('a')] },
                ],
                is_error: true,
              },
              text('go on'),
            ],
          },
        ],
      },
    ],
    [
      'with a turn of the assistant in two messages',
      {
        messages: [
          ...hello,
          { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] },
          { role: 'assistant', content: [{ type: 'tool_use', id: 't2', name: 'f', input: {} }] },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 't1', content: 'a' },
              { type: 'tool_result', tool_use_id: 't2', content: [text('b', { citations: [] })] },
            ],
          },
        ],
      },
    ],
    [
      'with tools and a choice',
      {
        tools: [
          {
            name: 'f',
            description: 'F',
            input_schema: { type: 'object', properties: { a: { type: 'string', minLength: 2 } } },
            strict: true,
            input_examples: [{ a: 'b' }],
            eager_input_streaming: true,
            ...marked,
          },
          { type: 'web_search_20260209', name: 'web_search', max_uses: 2, ...marked },
          { name: 'g', input_schema: { type: 'object', additionalProperties: true }, strict: true },
          { type: 'mcp_toolset', mcp_server_name: 'm' },
        ],
        tool_choice: { type: 'tool', name: 'web_search', disable_parallel_tool_use: true },
      },
    ],
    [
      'with its settings',
      {
        max_tokens: 9000,
        thinking: { type: 'adaptive', display: 'omitted' },
        output_config: {
          effort: 'xhigh',
          format: { type: 'json_schema', schema: { type: 'object', minProperties: 1 } },
          task_budget: { total: 5 },
        },
        stop_sequences: ['END'],
        metadata: { user_id: 'u', team: 't' },
        service_tier: 'standard_only',
        stream: true,
        container: 'c',
        mcp_servers: [{ name: 'm' }],
        speed: 'fast',
        context_management: { edits: [] },
        cache_control: { type: 'ephemeral' },
      },
    ],
    ['with an effort and no word on thinking', { output_config: { effort: 'low' } }],
    [
      'with a breakpoint that says more',
      {
        system: [text('A', { cache_control: { type: 'ephemeral', scope: 'global' } })],
      },
    ],
    ['without thinking', { thinking: { type: 'disabled' }, output_config: { effort: 'low' } }],
    ['with adaptive thinking and no more', { thinking: { type: 'adaptive' } }],
    [
      'with a budget inside its limit',
      { max_tokens: 9000, thinking: { type: 'enabled', budget_tokens: 8000 } },
    ],
  ])('%s', (_, body) => {
    const { body: rendered, warnings } = again(body)
    expect(rendered).toEqual({ max_tokens: 4096, messages: hello, ...body, model: 'claude-opus-5' })
    expect(warnings).toEqual([])
  })

  test('with sampling, where the model takes it', () => {
    const body = { temperature: 0.5, top_k: 5 }
    expect(again(body, 'claude-sonnet-4-5').body).toMatchObject(body)
    expect(warned(again({ ...body, top_p: 0.5 }))).toEqual([
      'temperature dropped',
      'top_p dropped',
      'top_k dropped',
    ])
  })

  test('in blocks where it was in strings', () => {
    expect(again({ system: 'A', messages: [{ role: 'user', content: 'Hello' }] }).body).toMatchObject({
      system: [text('A')],
      messages: hello,
    })
  })
})

describe('T09 reasoning of another provider', () => {
  const signature = packSeal({ origin: 'openai', value: 'gAAA', id: 'rs_1' }, 'anthropic')
  const messages = [
    ...hello,
    { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature }, text('a')] },
    ...hello,
  ]

  test('does not go to this one', () => {
    const rendered = again({ messages })
    expect(rendered.body.messages).toEqual([...hello, { role: 'assistant', content: [text('a')] }, ...hello])
    expect(warned(rendered)).toEqual(['messages.1.content.0 dropped'])
  })

  test('nor does its seal on a call', () => {
    const sealed = packSeal({ origin: 'google', value: 'sig' }, 'anthropic')
    const call = { type: 'tool_use', id: 't1', name: 'f', input: {} }
    const result = { type: 'tool_result', tool_use_id: 't1', content: 'ok' }
    const { body } = again({
      messages: [
        ...hello,
        { role: 'assistant', content: [{ type: 'thinking', thinking: '', signature: sealed }, call] },
        { role: 'user', content: [result] },
      ],
    })
    expect(body.messages).toEqual([
      ...hello,
      { role: 'assistant', content: [call] },
      { role: 'user', content: [result] },
    ])
  })
})

describe('what only another dialect knows', () => {
  const conversation = {
    ...parseRequest('anthropic-messages', {
      model: 'claude',
      messages: [
        { role: 'user', content: [text('Hello', { annotations: [] })] },
        { role: 'assistant', content: [{ type: 'web_search_call', id: 'ws_1' }] },
        ...hello,
      ],
      tools: [{ type: 'code_interpreter', container: 'auto' }],
      include: ['logprobs'],
    }),
    dialect: 'openai-responses',
  } as const

  test('is left out with a word on each', () => {
    const rendered = renderRequest('anthropic-messages', conversation, { model: 'claude-opus-5' })
    expect(rendered.body).toEqual({
      model: 'claude-opus-5',
      max_tokens: 4096,
      messages: [{ role: 'user', content: [text('Hello'), text('Hello')] }],
    })
    expect(warned(rendered)).toEqual(['tools.0 dropped', 'messages.1.content.0 dropped', 'include dropped'])
  })

  test('is refused where nothing may be left out', () => {
    const strict = { model: 'claude-opus-5', strict: true }
    expect(() => renderRequest('anthropic-messages', conversation, strict)).toThrow('code_interpreter')
  })
})
