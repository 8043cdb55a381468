import { describe, expect, test } from 'vitest'
import { parseRequest } from '../../../../../test/translation/translation.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { Part } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { packSeal } from '../seal.ts'

const hello = [{ role: 'user', content: 'Hello' }]
const parse = (body: JsonObject) =>
  parseRequest('anthropic-messages', { model: 'claude', max_tokens: 100, messages: hello, ...body })
const message = (role: string, content: unknown) =>
  parse({ messages: [{ role, content }] }).messages.find(({ path }) => path === 'messages.0')
const partsOf = (role: string, content: unknown): readonly Part[] => message(role, content)?.parts ?? []

function refusal(body: JsonObject): Pick<GatewayError, 'code' | 'param'> {
  try {
    parse(body)
  } catch (error) {
    const { code, param } = error as GatewayError
    return { code, param }
  }
  throw new Error('was not refused')
}

describe('messages', () => {
  test('instructions come first, those within the messages in their place', () => {
    const { messages } = parse({
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2' },
        { type: 'text', text: 'A', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
      messages: [...hello, { role: 'system', content: 'B' }],
    })
    expect(messages).toEqual([
      {
        role: 'system',
        path: 'system',
        parts: [
          { type: 'text', text: 'x-anthropic-billing-header: cc_version=2', path: 'system.0' },
          { type: 'text', text: 'A', path: 'system.1', cache: { ttl: '1h' } },
        ],
      },
      {
        role: 'user',
        path: 'messages.0',
        parts: [{ type: 'text', text: 'Hello', path: 'messages.0.content' }],
      },
      {
        role: 'system',
        path: 'messages.1',
        parts: [{ type: 'text', text: 'B', path: 'messages.1.content' }],
      },
    ])
  })

  test('results alone are a tool’s message, with other blocks a user’s', () => {
    const result = { type: 'tool_result', tool_use_id: 't1', content: 'ok', is_error: true }
    const part = { type: 'tool-result', callId: 't1', isError: true, path: 'messages.0.content.0' }
    const text = { type: 'text', text: 'ok', path: 'messages.0.content.0.content' }
    expect(message('user', [result])).toMatchObject({ role: 'tool', parts: [{ ...part, parts: [text] }] })
    const note = { type: 'text', text: 'note' }
    expect(message('user', [note, result])).toMatchObject({
      role: 'user',
      parts: [{ type: 'text' }, { type: 'tool-result' }],
    })
  })

  test('a result holds text, images and documents, and shows as written what else it holds', () => {
    const source = { type: 'base64', media_type: 'image/png', data: 'AAA' }
    const [result] = partsOf('user', [
      {
        type: 'tool_result',
        tool_use_id: 't1',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image', source },
          {
            type: 'search_result',
            source: 'https://a.example',
            title: 'A',
            content: [{ type: 'text', text: 'b' }],
          },
          { type: 'tool_reference', tool_name: 'f' },
        ],
      },
    ])
    expect(result).toMatchObject({
      parts: [
        { type: 'text', text: 'a' },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAA' } },
        { type: 'document', source: { kind: 'text', text: 'b' }, title: 'A' },
        { type: 'text', text: '{"type":"tool_reference","tool_name":"f"}' },
      ],
    })
    expect(partsOf('user', [{ type: 'tool_result', tool_use_id: 't1' }])).toMatchObject([{ parts: [] }])
  })

  test.each([
    [
      { type: 'base64', media_type: 'application/pdf', data: 'AA' },
      { kind: 'base64', mediaType: 'application/pdf', data: 'AA' },
    ],
    [
      { type: 'url', url: 'https://a.example/a.pdf' },
      { kind: 'url', url: 'https://a.example/a.pdf' },
    ],
    [
      { type: 'file', file_id: 'file_1' },
      { kind: 'file', id: 'file_1' },
    ],
    [
      { type: 'text', media_type: 'text/plain', data: 'words' },
      { kind: 'text', text: 'words' },
    ],
    [
      { type: 'content', content: 'words' },
      { kind: 'text', text: 'words' },
    ],
    [
      {
        type: 'content',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { kind: 'text', text: 'a\nb' },
    ],
  ])('a document of %j', (source, expected) => {
    expect(
      partsOf('user', [{ type: 'document', source, title: 'T', citations: { enabled: true } }]),
    ).toMatchObject([
      { type: 'document', source: expected, title: 'T', extras: { citations: { enabled: true } } },
    ])
  })

  test('what only this API knows is kept as it came', () => {
    const value = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'a' } }
    expect(partsOf('assistant', [{ ...value, cache_control: { type: 'ephemeral' } }])).toEqual([
      { type: 'opaque', value, path: 'messages.0.content.0', cache: {} },
    ])
    const citations = [{ type: 'char_location', cited_text: 'a' }]
    expect(partsOf('assistant', [{ type: 'text', text: 'a', citations }])).toMatchObject([
      { extras: { citations } },
    ])
    const unset = { type: 'text', text: 'a', citations: null, cache_control: null }
    expect(partsOf('assistant', [unset])).toEqual([{ type: 'text', text: 'a', path: 'messages.0.content.0' }])
  })
})

describe('reasoning that comes back', () => {
  const call = { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } }

  test('has its own seal bare and those of others unpacked', () => {
    const seal = { origin: 'openai', value: 'gAAA', id: 'rs_1' } as const
    expect(
      partsOf('assistant', [
        { type: 'thinking', thinking: 'a', signature: 'sig' },
        { type: 'thinking', thinking: 'b', signature: packSeal(seal, 'anthropic') },
        { type: 'thinking', thinking: 'c', signature: '' },
        { type: 'thinking', thinking: 'd', signature: 'tollgate-xyz-v9:AAAA' },
        { type: 'redacted_thinking', data: 'opaque' },
      ]),
    ).toEqual([
      {
        type: 'thinking',
        text: 'a',
        seal: { origin: 'anthropic', value: 'sig' },
        path: 'messages.0.content.0',
      },
      { type: 'thinking', text: 'b', seal, path: 'messages.0.content.1' },
      { type: 'thinking', text: 'c', path: 'messages.0.content.2' },
      { type: 'thinking', text: 'd', path: 'messages.0.content.3' },
      {
        type: 'thinking',
        text: '',
        redacted: true,
        seal: { origin: 'anthropic', value: 'opaque' },
        path: 'messages.0.content.4',
      },
    ])
  })

  test('gives a call the seal that Google put on it', () => {
    const seal = { origin: 'google', value: 'sig' } as const
    const signature = packSeal(seal, 'anthropic')
    const sealed = { type: 'thinking', thinking: '', signature }
    expect(
      partsOf('assistant', [sealed, call, { ...call, id: 't2' }, { ...sealed, thinking: 'hm' }, call]),
    ).toMatchObject([
      { type: 'tool-call', id: 't1', arguments: '{"a":1}', seal },
      { type: 'tool-call', id: 't2' },
      { type: 'thinking', text: 'hm', seal },
      { type: 'tool-call', id: 't1' },
    ])
    expect(partsOf('assistant', [call])[0]).not.toHaveProperty('seal')
  })

  test('arguments that were no JSON are what the model wrote', () => {
    const broken = { ...call, input: { rawInvalidInput: '{"a":' } }
    expect(partsOf('assistant', [broken])).toMatchObject([{ arguments: '{"a":' }])
    const meant = { ...call, input: { rawInvalidInput: 'a', b: 1 } }
    expect(partsOf('assistant', [meant])).toMatchObject([{ arguments: '{"rawInvalidInput":"a","b":1}' }])
  })
})

describe('settings', () => {
  test('have their names in the hub', () => {
    const conversation = parse({
      max_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ['END'],
      metadata: { user_id: 'u' },
      service_tier: 'standard_only',
      stream: true,
    })
    expect(conversation).toMatchObject({
      dialect: 'anthropic-messages',
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      stop: ['END'],
      user: 'u',
      serviceTier: 'default',
      stream: true,
    })
    expect(conversation.extensions.size).toBe(0)
  })

  test('without one travel beside', () => {
    const { extensions } = parse({
      container: 'c1',
      mcp_servers: [],
      inference_geo: null,
      output_config: { effort: 'low', task_budget: { total: 5 } },
    })
    expect([...extensions]).toEqual([
      ['container', 'c1'],
      ['mcp_servers', []],
      ['output_config', { task_budget: { total: 5 } }],
    ])
  })

  test.each([
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { budgetTokens: 2000 }],
    [{ thinking: { type: 'adaptive', display: 'omitted' } }, { adaptive: true, summary: 'none' }],
    [
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'max' } },
      { effort: 'max', adaptive: true, summary: 'auto' },
    ],
    [{ thinking: { type: 'disabled' } }, { disabled: true }],
    [{ thinking: { type: 'between_tools' } }, { disabled: true }],
    [{ output_config: { effort: 'low' } }, { effort: 'low' }],
    [{ thinking: null }, undefined],
  ])('of reasoning: %j', (body, reasoning) => {
    expect(parse(body).reasoning).toEqual(reasoning)
  })

  test.each([
    { output_config: { format: { type: 'json_schema', schema: {} } } },
    { output_format: { type: 'json_schema', schema: {} } },
  ])('of structured output: %j', (body) => {
    expect(parse(body).responseFormat).toEqual({ type: 'json-schema', name: 'output', schema: {} })
  })

  test('of tools', () => {
    const schema = { type: 'object', properties: {} }
    const { tools } = parse({
      tools: [
        {
          name: 'f',
          input_schema: schema,
          strict: true,
          cache_control: { type: 'ephemeral' },
          defer_loading: true,
        },
        { type: 'custom', name: 'g', description: 'G', input_schema: schema },
        {
          type: 'web_search_20260209',
          name: 'web_search',
          max_uses: 2,
          cache_control: { type: 'ephemeral' },
        },
      ],
    })
    expect(tools).toEqual([
      {
        type: 'function',
        name: 'f',
        parameters: schema,
        strict: true,
        path: 'tools.0',
        cache: {},
        extras: { defer_loading: true },
      },
      { type: 'function', name: 'g', description: 'G', parameters: schema, path: 'tools.1' },
      {
        type: 'server',
        name: 'web_search_20260209',
        value: { type: 'web_search_20260209', name: 'web_search', max_uses: 2 },
        path: 'tools.2',
        cache: {},
      },
    ])
  })

  test.each([
    [{ type: 'auto' }, { toolChoice: { type: 'auto' } }],
    [
      { type: 'any', disable_parallel_tool_use: true },
      { toolChoice: { type: 'required' }, parallelToolCalls: false },
    ],
    [{ type: 'tool', name: 'f' }, { toolChoice: { type: 'tool', name: 'f' } }],
    [{ type: 'none' }, { toolChoice: { type: 'none' } }],
  ])('of the choice of a tool: %j', (tool_choice, expected) => {
    const { toolChoice, parallelToolCalls } = parse({ tool_choice })
    expect({ toolChoice, parallelToolCalls }).toEqual(expected)
  })
})

describe('refusals name the member', () => {
  const user = (content: unknown) => ({ messages: [{ role: 'user', content }] })

  test.each<[JsonObject, string]>([
    [{ messages: 'Hello' }, 'messages'],
    [{ messages: [{ role: 'tool', content: 'a' }] }, 'messages.0.role'],
    [user(undefined), 'messages.0.content'],
    [user([{ text: 'a' }]), 'messages.0.content.0.type'],
    [user([{ type: 'text' }]), 'messages.0.content.0.text'],
    [user([{ type: 'tool_use', id: 'a', name: 'f', input: {} }]), 'messages.0.content.0'],
    [
      user([{ type: 'image', source: { type: 'base64', data: 'A' } }]),
      'messages.0.content.0.source.media_type',
    ],
    [user([{ type: 'tool_result', content: 'a' }]), 'messages.0.content.0.tool_use_id'],
    [{ messages: [{ role: 'assistant', content: [{ type: 'tool_result' }] }] }, 'messages.0.content.0'],
    [
      { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: '{}' }] }] },
      'messages.0.content.0.input',
    ],
    [{ system: [{ type: 'image' }] }, 'system.0'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ stop_sequences: [1] }, 'stop_sequences.0'],
    [{ thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    [{ thinking: { type: 'sometimes' } }, 'thinking.type'],
    [{ tool_choice: { type: 'required' } }, 'tool_choice.type'],
    [{ tools: [{ input_schema: {} }] }, 'tools.0.name'],
    [{ output_config: { format: { type: 'text' } } }, 'output_config.format.type'],
    [{ metadata: { user_id: 1 } }, 'metadata.user_id'],
  ])('%j', (body, param) => {
    expect(refusal(body)).toEqual({ code: 'invalid_request', param })
  })

  test('a source that nobody knows is not passed over', () => {
    const body = user([{ type: 'image', source: { type: 'floppy' } }])
    expect(refusal(body)).toEqual({
      code: 'unsupported_parameter',
      param: 'messages.0.content.0.source.type',
    })
  })
})
