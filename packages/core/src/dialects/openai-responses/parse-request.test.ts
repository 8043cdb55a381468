import { describe, expect, test } from 'vitest'
import { parseRequest, translateRequest, warned } from '../../../../../test/translation/translation.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { Conversation } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { packSeal } from '../seal.ts'

const parse = (body: JsonObject): Conversation =>
  parseRequest('openai-responses', { model: 'gpt-5', input: 'hi', ...body })

function refusal(body: JsonObject): object {
  try {
    parse(body)
  } catch (error) {
    const { code, param, status } = error as GatewayError
    return { code, param, status }
  }
  throw new Error('was not refused')
}

describe('parameters', () => {
  test('have their places in the hub', () => {
    const { messages, extensions, ...conversation } = parse({
      instructions: 'Be brief.',
      stream: true,
      max_output_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      top_logprobs: 3,
      parallel_tool_calls: false,
      reasoning: { effort: 'high', summary: 'auto' },
      text: { verbosity: 'low', format: { type: 'json_object' } },
      metadata: { team: 'a' },
      store: false,
      user: 'u1',
      safety_identifier: 's1',
      prompt_cache_key: 'k',
      service_tier: 'flex',
    })
    expect(conversation).toEqual({
      dialect: 'openai-responses',
      model: 'gpt-5',
      tools: [],
      stream: true,
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      logprobs: 3,
      parallelToolCalls: false,
      reasoning: { effort: 'high', summary: 'auto' },
      verbosity: 'low',
      responseFormat: { type: 'json-object' },
      metadata: { team: 'a' },
      store: false,
      user: 's1',
      cacheKey: 'k',
      serviceTier: 'flex',
    })
    expect([...extensions]).toEqual([])
    expect(messages).toEqual([
      {
        role: 'system',
        path: 'instructions',
        parts: [{ type: 'text', text: 'Be brief.', path: 'instructions' }],
      },
      { role: 'user', path: 'input', parts: [{ type: 'text', text: 'hi', path: 'input' }] },
    ])
  })

  test.each<[JsonObject, Partial<Conversation>]>([
    [{ reasoning: { effort: 'none' } }, { reasoning: { disabled: true } }],
    [{ reasoning: { effort: null, summary: null } }, {}],
    [{ include: ['message.output_text.logprobs'] }, { logprobs: 0 }],
    [{ top_logprobs: 0 }, {}],
    [
      {
        text: {
          format: {
            type: 'json_schema',
            name: 'n',
            description: 'd',
            schema: { type: 'object' },
            strict: true,
          },
        },
      },
      {
        responseFormat: {
          type: 'json-schema',
          name: 'n',
          description: 'd',
          schema: { type: 'object' },
          strict: true,
        },
      },
    ],
  ])('%j', (body, expected) => {
    const { reasoning, logprobs, responseFormat } = parse(body)
    expect({ reasoning, logprobs, responseFormat }).toEqual({
      reasoning: undefined,
      logprobs: undefined,
      responseFormat: undefined,
      ...expected,
    })
  })

  test('of this API alone, and what is left of objects that are understood in part, are kept by name', () => {
    const { extensions } = parse({
      max_tool_calls: 3,
      truncation: 'auto',
      include: ['reasoning.encrypted_content', 'file_search_call.results'],
      reasoning: { effort: 'low', context: 'all_turns' },
      stream_options: { include_obfuscation: false },
      conversation: null,
    })
    expect(Object.fromEntries(extensions)).toEqual({
      max_tool_calls: 3,
      truncation: 'auto',
      include: ['file_search_call.results'],
      'reasoning.context': 'all_turns',
    })
    expect([...parse({ truncation: 'disabled', background: false }).extensions]).toEqual([])
  })
})

describe('bad shapes', () => {
  test.each<[string, JsonObject]>([
    ['model', { model: 7 }],
    ['input', { input: 7 }],
    ['input', { input: null }],
    ['input[0]', { input: ['hi'] }],
    ['input[0].role', { input: [{ role: 'robot', content: '' }] }],
    ['input[0].content', { input: [{ role: 'user' }] }],
    ['input[0].content[0].text', { input: [{ role: 'user', content: [{ type: 'input_text' }] }] }],
    ['input[0].content[0].image_url', { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }],
    [
      'input[0].content[0]',
      { input: [{ role: 'system', content: [{ type: 'input_image', image_url: 'https://a' }] }] },
    ],
    ['input[0].call_id', { input: [{ type: 'function_call', name: 'f', arguments: '' }] }],
    ['input[0].input', { input: [{ type: 'custom_tool_call', name: 'f', call_id: 'c' }] }],
    ['input[0].output', { input: [{ type: 'function_call_output', call_id: 'c', output: 7 }] }],
    ['input[0].summary[0].text', { input: [{ type: 'reasoning', summary: [{}] }] }],
    ['temperature', { temperature: 'hot' }],
    ['max_output_tokens', { max_output_tokens: 0 }],
    ['top_logprobs', { top_logprobs: -1 }],
    ['metadata', { metadata: { a: 1 } }],
    ['text.format.type', { text: { format: { type: 'xml' } } }],
    ['text.format.schema', { text: { format: { type: 'json_schema', name: 'n' } } }],
    ['tools[0].type', { tools: [{ name: 'f' }] }],
    ['tools[0].name', { tools: [{ type: 'function' }] }],
    ['tools[0].tools[1].name', { tools: [{ type: 'namespace', name: 'n', tools: [{ name: 'a' }, {}] }] }],
    ['tool_choice', { tool_choice: 'maybe' }],
    ['tool_choice.name', { tool_choice: { type: 'function' } }],
  ])('are refused at %s: %j', (param, body) => {
    expect(refusal(body)).toEqual({ code: 'invalid_request', param, status: 400 })
  })

  test.each<[string, JsonObject]>([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['background', { background: true }],
    [
      'input[1]',
      {
        input: [
          { role: 'user', content: 'a' },
          { type: 'item_reference', id: 'msg_1' },
        ],
      },
    ],
    ['input[1]', { input: [{ role: 'user', content: 'a' }, { id: 'msg_1' }] }],
    ['input[0].content[0]', { input: [{ role: 'user', content: [{ type: 'input_video' }] }] }],
  ])('T29 what cannot be carried is refused at %s: %j', (param, body) => {
    expect(refusal(body)).toEqual({ code: 'unsupported_parameter', param, status: 400 })
  })

  test('T29 the refusal of a reference tells what to do', () => {
    expect(() => parse({ input: [{ type: 'item_reference', id: 'msg_1' }] })).toThrow('`store: false`')
    expect(() => parse({ previous_response_id: 'resp_1' })).toThrow('`store: false`')
  })
})

test('T27 a body that Cursor posts to the path of Chat', () => {
  const conversation = parse({
    input: [{ role: 'user', content: 'hi' }],
    stream: true,
    include: ['reasoning.encrypted_content'],
    reasoning: { effort: 'low' },
    text: { verbosity: 'low' },
    stream_options: { include_usage: true },
    seed: 7,
    tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }],
  })
  expect(conversation).toMatchObject({
    includeUsage: true,
    reasoning: { effort: 'low' },
    verbosity: 'low',
    tools: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' } }],
  })
  expect(Object.fromEntries(conversation.extensions)).toEqual({ seed: 7 })
})

const codex: JsonObject = {
  model: 'claude-sonnet-4-6',
  instructions: 'You are Codex.',
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Sandboxed.' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Patch it.' }] },
    {
      type: 'custom_tool_call',
      call_id: 'c1',
      name: 'apply_patch',
      input: '*** "Begin"\n',
      status: 'completed',
    },
    { type: 'function_call', call_id: 'c2', name: 'shell', arguments: '{"command":["ls"]}' },
    { type: 'custom_tool_call_output', call_id: 'c1', output: 'Done' },
    { type: 'function_call_output', call_id: 'c2', output: 'a.txt' },
  ],
  tools: [
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'Patch.',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
    },
    { type: 'function', name: 'shell', strict: false, parameters: { type: 'object', properties: {} } },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  reasoning: { effort: 'medium', summary: 'auto' },
  store: false,
  stream: true,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: 'k',
}

test('T28 Codex on a Claude model', () => {
  const rendered = translateRequest(['openai-responses', 'anthropic-messages'], codex, {
    model: 'claude-sonnet-4-6',
  })
  expect(warned(rendered)).toEqual([])
  expect(rendered.answer?.customTools).toEqual(new Set(['apply_patch']))
  expect(rendered.body).toMatchObject({
    stream: true,
    tools: [
      {
        name: 'apply_patch',
        input_schema: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
      },
      { name: 'shell', input_schema: { type: 'object' } },
    ],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Patch it.' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'c1', name: 'apply_patch', input: { input: '*** "Begin"\n' } },
          { type: 'tool_use', id: 'c2', name: 'shell', input: { command: ['ls'] } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1' },
          { type: 'tool_result', tool_use_id: 'c2' },
        ],
      },
    ],
  })
  expect(JSON.stringify(rendered.body.system)).toMatch(/You are Codex.*Sandboxed/)
})

test('T09 T10 seals of Claude come back to it, foreign ones do not', () => {
  const thinking = packSeal({ origin: 'anthropic', value: 'sig' }, 'openai')
  const hidden = packSeal({ origin: 'anthropic', value: 'data', redacted: true }, 'openai')
  const { body } = translateRequest(
    ['openai-responses', 'anthropic-messages'],
    {
      model: 'claude',
      input: [
        { role: 'user', content: 'hi' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
        {
          type: 'reasoning',
          id: 'rs_2',
          summary: [{ type: 'summary_text', text: 'Hm.' }],
          encrypted_content: thinking,
        },
        { type: 'reasoning', id: 'rs_3', summary: [], encrypted_content: hidden },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: '1' },
      ],
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }],
      reasoning: { effort: 'low' },
    },
    { model: 'claude-sonnet-4-6' },
  )
  expect((body.messages as JsonObject[])[1]?.content).toMatchObject([
    { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
    { type: 'redacted_thinking', data: 'data' },
    { type: 'tool_use', id: 'c' },
  ])
})
