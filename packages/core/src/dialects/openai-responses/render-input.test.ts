import { describe, expect, test } from 'vitest'
import {
  plainTraits,
  renderRequest,
  translateRequest,
  warned,
} from '../../../../../test/translation/translation.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { Conversation, Message, Part, Tool, ToolCallPart, ToolResultPart } from '../conversation.ts'
import type { RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'

const openai: Partial<RenderTarget> = {
  model: 'gpt-5',
  traits: { ...plainTraits, developerRole: true, strictSchemas: true },
}
const bare: Conversation = {
  dialect: 'anthropic-messages',
  model: 'm',
  messages: [],
  tools: [],
  stream: false,
  extensions: new Map(),
}
const render = (conversation: Partial<Conversation>, more: Partial<RenderTarget> = {}) =>
  renderRequest('openai-responses', { ...bare, ...conversation }, { ...openai, ...more })
const text = (value: string): Part => ({ type: 'text', text: value, path: 'messages.0.content.0' })
const say = (role: 'system' | 'user' | 'assistant', ...parts: readonly (Part | string)[]): Message => ({
  role,
  path: 'messages.0',
  parts: parts.map((part) => (typeof part === 'string' ? text(part) : part)),
})
const call = (id: string, more: Partial<ToolCallPart> = {}): Part => ({
  type: 'tool-call',
  id,
  name: 'f',
  arguments: '',
  path: 'messages.0.content.1',
  ...more,
})
const result = (callId: string, more: Partial<ToolResultPart> = {}): ToolResultPart => ({
  type: 'tool-result',
  callId,
  path: 'messages.1.content.0',
  parts: [{ type: 'text', text: 'ok', path: 'messages.1.content.0.content' }],
  ...more,
})
const inputOf = (...messages: Message[]): JsonObject[] => render({ messages }).body.input as JsonObject[]
const partOf = (part: Part): unknown => (inputOf(say('user', part))[0]?.content as unknown[] | undefined)?.[0]

function refusal(part: Part): object {
  try {
    inputOf(say('user', part))
  } catch (error) {
    const { code, param } = error as GatewayError
    return { code, param }
  }
  throw new Error('was not refused')
}

describe('T03 instructions', () => {
  test('in front are `instructions`; later ones stay where they are', () => {
    const messages = [say('system', 'A', 'B'), say('system', 'C'), say('user', '1'), say('system', 'D')]
    const { body } = render({ messages })
    expect(body.instructions).toBe('A\n\nB\n\nC')
    expect(body.input).toEqual([
      { role: 'user', content: [{ type: 'input_text', text: '1' }] },
      { role: 'developer', content: [{ type: 'input_text', text: 'D' }] },
    ])
    const other = render({ messages }, { traits: plainTraits }).body.input as JsonObject[]
    expect(other[1]?.role).toBe('system')
  })

  test('lose the mark that changes with every request of one client', () => {
    const mark = 'x-anthropic-billing-header: cch=1'
    const { body } = render({ messages: [say('system', mark, 'A'), say('user', '1')] })
    expect(body.instructions).toBe('A')
    expect(render({ messages: [say('system', mark)] }).body).not.toHaveProperty('instructions')
  })

  test('with a breakpoint that the model knows are an item that can carry it', () => {
    const messages = [say('system', { ...text('A'), cache: { ttl: '1h' } })]
    const { body } = render({ messages }, { model: 'gpt-5.6' })
    expect(body.input).toMatchObject([
      { content: [{ text: 'A', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }] },
    ])
    expect(render({ messages: [...messages, say('user', '1')] }).body.instructions).toBe('A')
  })

  test('alone are the input, because there must be one', () => {
    const { body } = render({ messages: [say('system', 'A')] })
    expect(body).not.toHaveProperty('instructions')
    expect(body.input).toEqual([{ role: 'developer', content: [{ type: 'input_text', text: 'A' }] }])
  })

  test('no more than four breakpoints are sent', () => {
    const marked = Array.from({ length: 6 }, () => ({ ...text('a'), cache: {} }))
    const { body } = render({ messages: [say('user', ...marked)] }, { model: 'gpt-5.6' })
    expect(JSON.stringify(body).match(/explicit/g)).toHaveLength(4)
  })
})

describe('T15 parts of a user', () => {
  const path = 'messages.0.content.0'
  const data = { kind: 'base64', data: 'AAA' } as const
  test.each<[Part, JsonObject]>([
    [
      { type: 'image', source: { ...data, mediaType: 'image/png' }, path },
      { type: 'input_image', image_url: 'data:image/png;base64,AAA', detail: 'auto' },
    ],
    [
      { type: 'image', source: { kind: 'url', url: 'https://a/b.png' }, detail: 'low', path },
      { type: 'input_image', image_url: 'https://a/b.png', detail: 'low' },
    ],
    [
      { type: 'document', source: { ...data, mediaType: 'application/pdf' }, title: 'My report', path },
      { type: 'input_file', filename: 'My report.pdf', file_data: 'data:application/pdf;base64,AAA' },
    ],
    [
      { type: 'document', source: { ...data, mediaType: 'text/plain' }, path },
      { type: 'input_file', filename: 'document.txt', file_data: 'data:text/plain;base64,AAA' },
    ],
    [
      { type: 'document', source: { ...data, mediaType: 'application/pdf' }, title: 'a.pdf', path },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAA' },
    ],
    [
      { type: 'document', source: { kind: 'url', url: 'https://a/b.pdf' }, title: 'b', path },
      { type: 'input_file', file_url: 'https://a/b.pdf' },
    ],
    [
      { type: 'document', source: { kind: 'text', text: 'body' }, title: 'Title', path },
      { type: 'input_text', text: 'Title\n\nbody' },
    ],
    [
      { type: 'audio', data: 'AAA', format: 'wav', path },
      { type: 'input_audio', input_audio: { data: 'AAA', format: 'wav' } },
    ],
  ])('%j', (part, expected) => {
    expect(partOf(part)).toEqual(expected)
  })

  test.each<Part>([
    { type: 'document', source: { kind: 'file', id: 'file_1' }, path },
    { type: 'image', source: { kind: 'file', id: 'file_1' }, path },
    { type: 'document', source: { ...data, mediaType: 'video/mp4' }, path },
  ])('that cannot be sent are refused by name: %j', (part) => {
    expect(refusal(part)).toEqual({ code: 'unsupported_parameter', param: path })
  })

  test('files that OpenAI keeps are known to it from both of its dialects', () => {
    const file = { type: 'file', file: { file_id: 'file-1' } }
    const body = { model: 'm', messages: [{ role: 'user', content: [file] }] }
    expect(translateRequest(['openai-chat', 'openai-responses'], body, openai).body.input).toMatchObject([
      { content: [{ type: 'input_file', file_id: 'file-1' }] },
    ])
  })

  test('of other dialects alone are left out with their names', () => {
    const opaque: Part = { type: 'opaque', value: { type: 'search_result' }, path }
    const rendered = render({ messages: [say('user', opaque), say('assistant', opaque)] })
    expect(rendered.body.input).toEqual([])
    expect(rendered.warnings).toMatchObject([
      { field: path, action: 'dropped', detail: expect.stringContaining('search_result') },
    ])
  })
})

describe('tools’ calls and results', () => {
  test('T01 T02 results come before what the user says, each an item of its own', () => {
    const items = inputOf(
      say('assistant', 'Let me see.', call('a'), call('b', { arguments: '{"x":1}' })),
      say('user', 'note', result('a'), result('b')),
    )
    expect(items).toEqual([
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Let me see.', annotations: [] }],
      },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'function_call', call_id: 'b', name: 'f', arguments: '{"x":1}' },
      { type: 'function_call_output', call_id: 'a', output: 'ok' },
      { type: 'function_call_output', call_id: 'b', output: 'ok' },
      { role: 'user', content: [{ type: 'input_text', text: 'note' }] },
    ])
  })

  test('texts between calls stay between them', () => {
    const items = inputOf(say('assistant', 'a', 'b', call('a'), 'c'))
    expect(items.map(({ type, content }) => [type, (content as unknown[] | undefined)?.length])).toEqual([
      ['message', 2],
      ['function_call', undefined],
      ['message', 1],
    ])
  })

  test('T16 pictures of a result are part of it', () => {
    const image = { type: 'image', source: { kind: 'url', url: 'https://a/b.png' }, path: 'p' } as const
    const [item] = inputOf(say('user', result('a', { parts: [image] })))
    expect(item?.output).toEqual([{ type: 'input_image', image_url: 'https://a/b.png', detail: 'auto' }])
  })

  test('a failed tool says so, and an empty result is an empty text', () => {
    expect(inputOf(say('user', result('a', { isError: true })))[0]?.output).toBe('Error: ok')
    expect(inputOf(say('user', result('a', { parts: [] })))[0]?.output).toBe('')
    expect(inputOf(say('user', result('a', { parts: [], isError: true })))[0]?.output).toBe('Error: ')
  })

  test('T28 results of free text are told from others by their calls', () => {
    const items = inputOf(
      say('assistant', call('a', { custom: true, arguments: 'raw' })),
      say('user', result('a')),
    )
    expect(items).toEqual([
      { type: 'custom_tool_call', call_id: 'a', name: 'f', input: 'raw' },
      { type: 'custom_tool_call_output', call_id: 'a', output: 'ok' },
    ])
  })

  test('T30 ids that are too long are the same in call and result, and different ones stay so', () => {
    const long = (end: string) => `call_${'x'.repeat(70)}${end}`
    const ids = inputOf(
      say('assistant', call(long('a')), call(long('b')), call('x'.repeat(64))),
      say('user', result(long('a')), result(long('b')), result('x'.repeat(64))),
    ).map(({ call_id }) => String(call_id))
    expect(ids.slice(0, 3)).toEqual(ids.slice(3))
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id.length).toBeLessThanOrEqual(64)
    expect(ids[2]).toBe('x'.repeat(64))
  })

  test('T30 names that are too long are short everywhere and long again in the answer', () => {
    const long = `mcp__server__${'x'.repeat(80)}`
    const other = `${long}y`
    const tools = [long, other].map((name): Tool => ({ type: 'function', name, path: 'tools.0' }))
    const { body, answer } = render({
      tools,
      toolChoice: { type: 'tool', name: long },
      messages: [say('assistant', call('a', { name: long }))],
    })
    const [short = '', second] = (body.tools as JsonObject[]).map(({ name }) => String(name))
    expect(short.length).toBeLessThanOrEqual(64)
    expect(second).not.toBe(short)
    expect(body.tool_choice).toEqual({ type: 'function', name: short })
    expect(body.input).toMatchObject([{ name: short }])
    expect(answer?.toolNames?.get(short)).toBe(long)
  })

  test('pictures that a model made are left out with a word', () => {
    const image = { type: 'image', source: { kind: 'url', url: 'https://a' }, path: 'p' } as const
    expect(warned(render({ messages: [say('assistant', image, 'a')] }))).toEqual(['p dropped'])
  })
})

describe('tools', () => {
  const path = 'tools.0'
  const closed = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  }

  test('say that they are not strict, because silence means that they are', () => {
    const tool: Tool = { type: 'function', name: 'f', description: 'd', path }
    expect(render({ tools: [tool] }).body.tools).toEqual([
      {
        type: 'function',
        name: 'f',
        description: 'd',
        parameters: { type: 'object', properties: {} },
        strict: false,
      },
    ])
  })

  test('are strict where their schema keeps to the rules', () => {
    const tool = (parameters: JsonObject): Tool => ({
      type: 'function',
      name: 'f',
      strict: true,
      parameters,
      path,
    })
    expect(render({ tools: [tool(closed)] }).body.tools).toMatchObject([{ strict: true }])
    const open = render({ tools: [tool({ ...closed, required: [] })] })
    expect(open.body.tools).toMatchObject([{ strict: false }])
    expect(warned(open)).toEqual(['tools.0.strict changed'])
    const lax = render({ tools: [tool(closed)] }, { traits: plainTraits })
    expect(lax.body.tools).toMatchObject([{ strict: false }])
    expect(warned(lax)).toEqual(['tools.0.strict changed'])
  })

  test('T28 of free text are functions for servers that know no others', () => {
    const name = 'x'.repeat(70)
    const tools: Tool[] = [{ type: 'custom', name, path }]
    const messages = [
      say('assistant', call('a', { custom: true, arguments: 'raw', name })),
      say('user', result('a', { custom: true })),
    ]
    const { body, answer } = render(
      { tools, messages, toolChoice: { type: 'tool', name } },
      { traits: plainTraits },
    )
    const [short] = answer?.customTools ?? []
    expect(answer?.toolNames?.get(String(short))).toBe(name)
    expect(body.tools).toMatchObject([{ type: 'function', name: short, parameters: { required: ['input'] } }])
    expect(body.tool_choice).toEqual({ type: 'function', name: short })
    expect(body.input).toEqual([
      { type: 'function_call', call_id: 'a', name: short, arguments: '{"input":"raw"}' },
      { type: 'function_call_output', call_id: 'a', output: 'ok' },
    ])
  })

  test('that may not be called are not offered where a choice among them is not known', () => {
    const tools: Tool[] = ['f', 'g'].map((name) => ({ type: 'function', name, path }))
    const toolChoice = { type: 'allowed', names: ['g'], mode: 'required' } as const
    const { body } = render({ tools, toolChoice }, { traits: plainTraits })
    expect(body.tools).toMatchObject([{ name: 'g' }])
    expect(body.tool_choice).toBe('required')
  })

  test('T11 a choice of a tool that is not there is refused', () => {
    const tools: Tool[] = [{ type: 'function', name: 'f', path }]
    expect(() => render({ tools, toolChoice: { type: 'tool', name: 'g' } })).toThrow('`tool_choice` must be')
  })

  test('that a provider of another dialect runs are left out with their names', () => {
    const server: Tool = { type: 'server', name: 'web_search_20260209', value: {}, path }
    const rendered = render({ tools: [server], toolChoice: { type: 'auto' }, parallelToolCalls: false })
    expect(rendered.body).not.toHaveProperty('tools')
    expect(rendered.body).not.toHaveProperty('tool_choice')
    expect(rendered.body).not.toHaveProperty('parallel_tool_calls')
    expect(warned(rendered)).toEqual(['tools.0 dropped'])
  })

  test.each<[Conversation['toolChoice'], unknown]>([
    [{ type: 'auto' }, 'auto'],
    [{ type: 'none' }, 'none'],
    [{ type: 'required' }, 'required'],
    [
      { type: 'tool', name: 'f' },
      { type: 'function', name: 'f' },
    ],
    [
      { type: 'tool', name: 'g' },
      { type: 'custom', name: 'g' },
    ],
    [
      { type: 'allowed', names: ['f', 'g'], mode: 'required' },
      {
        type: 'allowed_tools',
        mode: 'required',
        tools: [
          { type: 'function', name: 'f' },
          { type: 'custom', name: 'g' },
        ],
      },
    ],
  ])('T11 a choice of %j', (toolChoice, expected) => {
    const tools: Tool[] = [
      { type: 'function', name: 'f', path },
      { type: 'custom', name: 'g', format: { type: 'text' }, path },
    ]
    const { body } = render({ tools, parallelToolCalls: false, ...(toolChoice && { toolChoice }) })
    expect(body.tool_choice).toEqual(expected)
    expect(body.parallel_tool_calls).toBe(false)
    expect(body.tools).toMatchObject([{ type: 'function' }, { type: 'custom', format: { type: 'text' } }])
  })
})
