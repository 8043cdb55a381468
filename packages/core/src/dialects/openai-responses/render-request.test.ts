import { describe, expect, test } from 'vitest'
import { collectChat } from '../../../../../test/translation/messages-to-chat.ts'
import {
  parseRequest,
  plainTraits,
  renderRequest,
  translateAnswer,
  translateRequest,
  translateStream,
  warned,
} from '../../../../../test/translation/translation.ts'
import { frameLines, recordedLines } from '../../../../../test/upstream/wire.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { Conversation } from '../conversation.ts'
import type { RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { packSeal } from '../seal.ts'

const openai: Partial<RenderTarget> = {
  model: 'gpt-5',
  traits: { ...plainTraits, developerRole: true, strictSchemas: true },
}

const fromChat = (body: JsonObject, more: Partial<RenderTarget> = {}) =>
  translateRequest(
    ['openai-chat', 'openai-responses'],
    { model: 'm', messages: [], ...body },
    { ...openai, ...more },
  )

/** A conversation that came from a client of Messages, as far as it is written out. */
function fromMessages(conversation: Partial<Conversation>, more: Partial<RenderTarget> = {}) {
  const bare = { dialect: 'anthropic-messages', model: 'm', messages: [], tools: [], stream: false } as const
  return renderRequest(
    'openai-responses',
    { ...bare, extensions: new Map(), ...conversation },
    { ...openai, ...more },
  )
}

function refusal(render: () => unknown): object {
  try {
    render()
  } catch (error) {
    const { code, param } = error as GatewayError
    return { code, param }
  }
  throw new Error('was not refused')
}

describe('a call of another dialect', () => {
  test('is stored nowhere, and its reasoning comes back sealed', () => {
    const { body, warnings, thinks } = fromChat({ messages: [{ role: 'user', content: 'hi' }], stream: true })
    expect(body).toEqual({
      model: 'gpt-5',
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'hi' }] }],
      include: ['reasoning.encrypted_content'],
      store: false,
      stream: true,
    })
    expect(warnings).toEqual([])
    expect(thinks).toBe(true)
  })

  test('models that do not reason are not asked for sealed reasoning, which they refuse', () => {
    expect(fromChat({}, { model: 'gpt-4.1' }).body).not.toHaveProperty('include')
    expect(fromChat({}, { model: 'qwen3' }).body).toHaveProperty('include')
  })

  test('that wants to be stored is told that it is not', () => {
    const { body, warnings } = fromMessages({ store: true })
    expect(body.store).toBe(false)
    expect(warnings).toMatchObject([{ field: 'store', action: 'dropped' }])
  })
})

describe('T12 sampling', () => {
  test('is left out where the model refuses it', () => {
    const rendered = fromMessages({ temperature: 0.7, topP: 0.5, logprobs: 3 })
    expect(rendered.body).not.toHaveProperty('temperature')
    expect(rendered.body).not.toHaveProperty('top_p')
    expect(rendered.body).not.toHaveProperty('top_logprobs')
    expect(rendered.body.include).toEqual(['reasoning.encrypted_content'])
    expect(warned(rendered)).toEqual(['temperature dropped', 'top_p dropped', 'logprobs dropped'])
    expect(warned(fromMessages({ temperature: 1, topP: 1 }))).toEqual([])
    expect(refusal(() => fromMessages({ temperature: 0.7 }, { strict: true }))).toEqual({
      code: 'unsupported_parameter',
      param: 'temperature',
    })
  })

  test('is carried where the model takes it', () => {
    const { body, warnings } = fromMessages(
      { temperature: 0.7, topP: 0.5, logprobs: 3 },
      { model: 'gpt-4.1' },
    )
    expect(body).toMatchObject({
      temperature: 0.7,
      top_p: 0.5,
      top_logprobs: 3,
      include: ['message.output_text.logprobs'],
    })
    expect(warnings).toEqual([])
  })

  test('what the API has no member for is left out with a word, its defaults without', () => {
    const unknown = { topK: 5, seed: 0, frequencyPenalty: 1, presencePenalty: 1, stop: ['x'] }
    expect(warned(fromMessages(unknown, { model: 'gpt-4.1' }))).toEqual([
      'top_k dropped',
      'seed dropped',
      'frequency_penalty dropped',
      'presence_penalty dropped',
      'stop_sequences dropped',
    ])
    expect(warned(fromMessages({ frequencyPenalty: 0, presencePenalty: 0, stop: [] }))).toEqual([])
  })
})

describe('parameters', () => {
  test('that have a place', () => {
    const { body, warnings } = fromMessages(
      {
        user: 'u',
        metadata: { team: 'a' },
        cacheKey: 'k',
        serviceTier: 'standard_only',
        verbosity: 'low',
        maxOutputTokens: 100,
      },
      { maxOutputTokens: 1000 },
    )
    expect(body).toMatchObject({
      safety_identifier: 'u',
      metadata: { team: 'a' },
      prompt_cache_key: 'k',
      service_tier: 'default',
      text: { verbosity: 'low' },
      max_output_tokens: 100,
    })
    expect(warnings).toEqual([])
  })

  test.each([
    [undefined, undefined, undefined, []],
    [undefined, 500, undefined, []],
    [100, 500, 100, []],
    [900, 500, 500, ['max_tokens changed']],
    [5, undefined, 16, ['max_tokens changed']],
  ])('T13 a limit of %s where the model writes %s is %s', (...row) => {
    const [asked, most, sent, words] = row
    const limit = asked === undefined ? {} : { maxOutputTokens: asked }
    const rendered = fromMessages(limit, { maxOutputTokens: most })
    expect(rendered.body.max_output_tokens).toBe(sent)
    expect(rendered.maxOutputTokens).toBe(sent)
    expect(warned(rendered)).toEqual(words)
  })

  test('a limit of the balance is sent whoever else names one', () => {
    expect(fromMessages({}, { affordable: 300 }).body.max_output_tokens).toBe(300)
    expect(fromMessages({ maxOutputTokens: 900 }, { affordable: 300 }).body.max_output_tokens).toBe(300)
  })

  test('names of users that are too long stay names of one user', () => {
    const of = (user: string) => fromMessages({ user }).body.safety_identifier
    expect(of('u'.repeat(128))).toBe('u'.repeat(128))
    expect(of('u'.repeat(129))).toMatch(/^[0-9a-f]{64}$/)
    expect(of('u'.repeat(129))).not.toBe(of('u'.repeat(130)))
    expect(fromMessages({ user: 'u' }, { traits: plainTraits }).body.user).toBe('u')
  })

  test('of Chat that mean the same here are carried, others are left out with a word', () => {
    const rendered = fromChat({
      prompt_cache_retention: '24h',
      logit_bias: { 1: 2 },
      prediction: {},
      x: false,
    })
    expect(rendered.body.prompt_cache_retention).toBe('24h')
    expect(warned(rendered)).toEqual(['logit_bias dropped', 'prediction dropped'])
  })

  test('that a provider refuses are left out', () => {
    const traits = { ...plainTraits, refusedMembers: ['metadata', 'include', 'service_tier'] }
    const rendered = fromMessages({ metadata: { a: 'b' }, serviceTier: 'auto' }, { traits })
    expect(rendered.body).not.toHaveProperty('metadata')
    expect(rendered.body).not.toHaveProperty('include')
    expect(warned(rendered)).toEqual(['metadata dropped', 'service_tier dropped'])
  })

  test.each<[string, Partial<Conversation>]>([
    ['n', { choices: 2 }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['audio', { extensions: new Map([['audio', {}]]) }],
  ])('%s that no answer can be is refused', (param, conversation) => {
    expect(refusal(() => fromMessages(conversation))).toEqual({ code: 'unsupported_parameter', param })
  })
})

describe('reasoning', () => {
  test.each<[string, Conversation['reasoning'], JsonObject | undefined, readonly string[]]>([
    ['gpt-5', { effort: 'high' }, { effort: 'high', summary: 'auto' }, []],
    ['gpt-5', { effort: 'high', summary: 'none' }, { effort: 'high' }, []],
    ['gpt-5', { effort: 'xhigh' }, { effort: 'high', summary: 'auto' }, ['thinking changed']],
    ['gpt-5.4', { effort: 'max' }, { effort: 'xhigh', summary: 'auto' }, ['thinking changed']],
    ['o3', { effort: 'minimal' }, { effort: 'low', summary: 'auto' }, ['thinking changed']],
    ['gpt-5', { budgetTokens: 2000 }, { effort: 'low', summary: 'auto' }, []],
    ['gpt-5', { budgetTokens: 4000 }, { effort: 'medium', summary: 'auto' }, []],
    ['gpt-5', { budgetTokens: 16_000 }, { effort: 'high', summary: 'auto' }, []],
    ['gpt-5.4', { budgetTokens: 32_000 }, { effort: 'xhigh', summary: 'auto' }, []],
    ['gpt-5', {}, { summary: 'auto' }, []],
    ['gpt-5.4', { disabled: true }, { effort: 'none' }, []],
    ['gpt-5', { disabled: true }, { effort: 'minimal' }, ['thinking changed']],
    ['gpt-4.1', { effort: 'low' }, undefined, ['thinking dropped']],
    ['gpt-4.1', { disabled: true }, undefined, []],
    ['glm-4.7', { effort: 'minimal' }, { effort: 'low', summary: 'auto' }, ['thinking changed']],
    ['glm-4.7', { disabled: true }, undefined, []],
    ['glm-4.7', { effort: 'low' }, { effort: 'low', summary: 'auto' }, []],
    ['openai/gpt-oss-20b', { effort: 'low' }, { effort: 'low', summary: 'auto' }, []],
  ])('%s: %j is %j', (...row) => {
    const [model, reasoning, expected, words] = row
    const rendered = fromMessages({ ...(reasoning && { reasoning }) }, { model })
    expect(rendered.body.reasoning).toEqual(expected)
    expect(warned(rendered)).toEqual(words)
  })
})

test('an effort that nobody knows is refused by its name', () => {
  const render = () => fromMessages({ reasoning: { effort: 'utmost' } })
  expect(refusal(render)).toEqual({ code: 'invalid_request', param: 'thinking' })
})

describe('formats', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  const json = (strict: boolean) =>
    ({ type: 'json-schema', name: 'n', description: 'd', schema, strict }) as const

  test('a schema is enforced only where it keeps to the rules', () => {
    const rendered = fromMessages({ responseFormat: json(true) })
    expect(rendered.body.text).toEqual({
      format: { type: 'json_schema', name: 'n', description: 'd', schema, strict: false },
    })
    expect(warned(rendered)).toEqual(['output_config.format changed'])
    const closed = { ...schema, required: ['a'], additionalProperties: false }
    const { body, warnings } = fromMessages({ responseFormat: { ...json(true), schema: closed } })
    expect(body.text).toMatchObject({ format: { strict: true } })
    expect(warnings).toEqual([])
  })

  test('JSON without a schema is spoken of, because it is refused otherwise', () => {
    const responseFormat = { type: 'json-object' } as const
    const { body } = fromMessages({ responseFormat })
    expect(body.text).toEqual({ format: { type: 'json_object' } })
    expect(JSON.stringify(body.input)).toContain('JSON')
    expect(fromChat({ response_format: { type: 'json_object' } }).body.input).toEqual([])
  })
})

describe('T09 seals', () => {
  const tail = [
    { role: 'assistant', content: 'ok' },
    { role: 'user', content: 'on' },
  ]
  const thought = (signature: string) => ({
    role: 'assistant',
    content: 'a',
    thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature }],
  })

  test('of OpenAI become reasoning again', () => {
    const signature = packSeal({ origin: 'openai', value: 'gAAA', id: 'rs_1' }, 'anthropic')
    const { body, warnings } = fromChat({ messages: [thought(signature), ...tail] })
    expect((body.input as JsonObject[]).slice(0, 2)).toEqual([
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'hm' }],
        encrypted_content: 'gAAA',
      },
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'a', annotations: [] }],
      },
    ])
    expect(warnings).toEqual([])
  })

  test('of others are removed', () => {
    for (const seal of ['bare', packSeal({ origin: 'google', value: 'g' }, 'anthropic'), 'tollgate-new:x']) {
      const rendered = fromChat({ messages: [thought(seal), ...tail] })
      expect(JSON.stringify(rendered.body)).not.toContain('reasoning"')
      expect(warned(rendered)).toEqual(['messages.0.thinking_blocks.0 dropped'])
    }
    const encrypted = packSeal({ origin: 'anthropic', value: 'sig' }, 'openai')
    const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: encrypted }
    const input = [item, { role: 'assistant', content: 'a' }, { role: 'user', content: 'b' }]
    const rendered = translateRequest(['openai-responses', 'openai-responses'], { model: 'm', input }, openai)
    expect(rendered.body.input).toHaveLength(2)
    expect(warned(rendered)).toEqual(['input[0] dropped'])
  })

  test('that nothing was said behind are removed, because they are refused', () => {
    const signature = packSeal({ origin: 'openai', value: 'gAAA' }, 'anthropic')
    const lonely = { ...thought(signature), content: '' }
    const rendered = fromChat({ messages: [lonely, { role: 'user', content: 'on' }, lonely] })
    expect(rendered.body.input).toHaveLength(1)
    expect(warned(rendered)).toEqual(['messages dropped'])
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '' } }
    const split = [lonely, { role: 'assistant', content: '', tool_calls: [call] }]
    expect(fromChat({ messages: split }).body.input).toHaveLength(2)
  })

  test('make the way through a Chat client and back', () => {
    const lines = recordedLines('openai/openai-reasoning-encrypted-content.1.chunks.txt')
    const end = lines.findIndex((line) => JSON.parse(line).type === 'response.completed')
    const events = frameLines(lines.slice(0, end + 1), 'openai-responses').map((event) => Buffer.from(event))
    const answer = collectChat(translateStream(['openai-responses', 'openai-chat'], events))
    const { body, warnings } = fromChat({
      messages: [
        { role: 'user', content: 'Calculate.' },
        {
          role: 'assistant',
          content: answer.content,
          reasoning_content: answer.reasoning,
          thinking_blocks: answer.thinkingBlocks,
          tool_calls: answer.toolCalls,
        },
        { role: 'tool', tool_call_id: answer.toolCalls[0]?.id, content: '19' },
      ],
    })
    const [reasoning, call] = lines
      .slice(0, end)
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'response.output_item.done')
      .map(({ item }) => item)
    const { type, name, arguments: json, call_id } = call
    expect((body.input as JsonObject[]).slice(1)).toEqual([
      reasoning,
      { type, call_id, name, arguments: json },
      { type: 'function_call_output', call_id, output: '19' },
    ])
    expect(warnings).toEqual([])
  })
})

describe('clients of Messages', () => {
  const pair = ['anthropic-messages', 'openai-responses'] as const

  test('T12 are told that a model takes no temperature', () => {
    const body = {
      model: 'm',
      max_tokens: 100,
      temperature: 0.7,
      messages: [{ role: 'user', content: 'hi' }],
    }
    const rendered = translateRequest(pair, body, openai)
    expect(rendered.body).not.toHaveProperty('temperature')
    expect(warned(rendered)).toEqual(['temperature dropped'])
  })

  test('T09 give reasoning back as they got it, with its call and its result', () => {
    const lines = recordedLines('openai/openai-reasoning-encrypted-content.1.chunks.txt')
    const end = lines.find((line) => JSON.parse(line).type === 'response.completed') ?? ''
    const { response } = JSON.parse(end) as { response: JsonObject }
    const { content } = translateAnswer(['openai-responses', 'anthropic-messages'], response)
    const [{ encrypted_content: sealed, id }, call] = response.output as [JsonObject, JsonObject]
    const result = { type: 'tool_result', tool_use_id: call.call_id, content: '19' }
    const messages = [
      { role: 'user', content: 'Calculate.' },
      { role: 'assistant', content },
      { role: 'user', content: [{ type: 'text', text: 'Go on.' }, result] },
    ]
    const { body, warnings } = translateRequest(pair, { model: 'm', max_tokens: 100, messages }, openai)
    expect((body.input as JsonObject[]).slice(1)).toMatchObject([
      { type: 'reasoning', id, encrypted_content: sealed },
      { type: 'function_call', call_id: call.call_id, name: call.name },
      { type: 'function_call_output', call_id: call.call_id, output: '19' },
      { role: 'user', content: [{ type: 'input_text', text: 'Go on.' }] },
    ])
    expect(warnings).toEqual([])
  })

  test('T10 thinking that its provider hid is left out', () => {
    const content = [
      { type: 'redacted_thinking', data: 'opaque' },
      { type: 'text', text: 'a' },
    ]
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content },
      { role: 'user', content: 'on' },
    ]
    const rendered = translateRequest(pair, { model: 'm', max_tokens: 100, messages }, openai)
    expect(JSON.stringify(rendered.body)).not.toContain('opaque')
    expect(warned(rendered)).toEqual(['messages.1.content.0 dropped'])
  })
})

describe('the dialect’s own requests', () => {
  const item = (type: string, more: JsonObject) => ({ type, ...more })
  const whole: JsonObject = {
    model: 'gpt-5',
    instructions: 'Be brief.',
    input: [
      { role: 'developer', content: [{ type: 'input_text', text: 'Sandboxed.' }] },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
          { type: 'input_image', image_url: 'data:image/png;base64,AAA' },
          { type: 'input_image', file_id: 'file-1', detail: 'high' },
          { type: 'input_file', file_url: 'https://a/b.pdf', filename: 'b' },
          { type: 'input_file', file_data: 'data:application/pdf;base64,AAA', detail: 'low' },
          { type: 'input_audio', input_audio: { data: 'AAA', format: 'wav' } },
        ],
      },
      item('reasoning', {
        id: 'rs_1',
        summary: [
          { type: 'summary_text', text: 'A' },
          { type: 'summary_text', text: 'B' },
        ],
        encrypted_content: 'gAAA',
      }),
      item('message', {
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        phase: 'commentary',
        content: [
          { type: 'output_text', text: 'b', annotations: [{ type: 'file_path', file_id: 'f', index: 0 }] },
          { type: 'output_hologram', data: 'd' },
        ],
      }),
      item('message', {
        role: 'assistant',
        content: [
          { type: 'output_text', text: '', annotations: [] },
          { type: 'refusal', refusal: 'c' },
        ],
      }),
      item('reasoning', { id: 'rs_2', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] }),
      item('function_call', {
        id: 'fc_1',
        call_id: 'c1',
        name: 'f',
        arguments: '{"a":1}',
        status: 'completed',
      }),
      item('web_search_call', { id: 'ws_1', status: 'completed' }),
      item('custom_tool_call', { call_id: 'c2', name: 'g', input: '', namespace: 'ns' }),
      item('function_call_output', { call_id: 'c1', output: '1', status: 'completed' }),
      item('custom_tool_call_output', { call_id: 'c2', output: [{ type: 'input_text', text: '2' }] }),
      item('mcp_approval_response', { approve: true, approval_request_id: 'm' }),
      { role: 'user', content: [{ type: 'input_text', text: 'on' }] },
    ],
    tools: [
      item('function', { name: 'f', parameters: { type: 'object' }, strict: true, defer_loading: true }),
      item('namespace', {
        name: 'ns',
        description: 'd',
        tools: [
          item('custom', { name: 'g', format: { type: 'text' } }),
          item('function', { name: 'h', parameters: {} }),
        ],
      }),
      item('web_search', { search_context_size: 'low' }),
    ],
    tool_choice: {
      type: 'allowed_tools',
      mode: 'required',
      tools: [item('function', { name: 'h' }), item('web_search', {})],
    },
    parallel_tool_calls: false,
    reasoning: { effort: 'max', summary: 'detailed', context: 'all_turns' },
    text: { format: { type: 'json_schema', name: 'n', schema: {}, strict: true }, verbosity: 'low' },
    include: ['file_search_call.results', 'reasoning.encrypted_content', 'message.output_text.logprobs'],
    top_logprobs: 2,
    temperature: 0.5,
    max_output_tokens: 100,
    max_tool_calls: 3,
    service_tier: 'x',
    truncation: 'auto',
    safety_identifier: 'u',
    prompt_cache_key: 'k',
    metadata: { a: 'b' },
    store: true,
    stream: true,
  }

  test('come out as they went in', () => {
    const rendered = translateRequest(['openai-responses', 'openai-responses'], whole, openai)
    expect(rendered.body).toEqual(whole)
    expect(rendered.warnings).toEqual([])
    expect(rendered.answer).toEqual({})
  })

  test('written shortly say the same', () => {
    const short = { model: 'gpt-5', input: 'hi' }
    const { body } = translateRequest(['openai-responses', 'openai-responses'], short, openai)
    const again = parseRequest('openai-responses', body)
    const { messages, ...rest } = parseRequest('openai-responses', short)
    expect(again).toEqual({ ...rest, messages: [expect.objectContaining({ role: 'user' })] })
    expect(again.messages[0]?.parts).toMatchObject([{ type: 'text', text: 'hi' }])
    expect(messages).toHaveLength(1)
    expect(body).not.toHaveProperty('store')
  })
})

test("another provider's own tool is named even where a choice leaves it out", () => {
  const rendered = fromMessages(
    {
      tools: [
        { type: 'function', name: 'f', path: 'tools.0' },
        { type: 'server', name: 'googleSearch', value: { googleSearch: {} }, path: 'tools.1' },
      ],
      toolChoice: { type: 'allowed', names: ['f'], mode: 'auto' },
    },
    { traits: plainTraits },
  )
  expect(rendered.body.tools).toMatchObject([{ name: 'f' }])
  expect(warned(rendered)).toEqual(['tools.1 dropped'])
})
