import { describe, expect, test } from 'vitest'
import { plainTraits, renderRequest, warned } from '../../../../../test/translation/translation.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import { openai } from '../../providers/openai.ts'
import type { Conversation, FunctionTool, Message, Part } from '../conversation.ts'
import type { RenderTarget } from '../dialect.ts'

const text = (value: string, path = 'messages.0.content.0'): Part => ({ type: 'text', text: value, path })
const user = (...parts: Part[]): Message => ({ role: 'user', parts, path: 'messages.0' })
const tool = (name: string, more: Partial<FunctionTool> = {}): FunctionTool => ({
  type: 'function',
  name,
  path: 'tools.0',
  ...more,
})

const conversation = (more: Partial<Conversation>): Conversation => ({
  dialect: 'anthropic-messages',
  model: 'claude',
  messages: [user(text('Hello'))],
  tools: [],
  stream: false,
  extensions: new Map(),
  ...more,
})

const render = (more: Partial<Conversation>, target: Partial<RenderTarget> = {}) =>
  renderRequest('openai-chat', conversation(more), target)

const openaiTarget = (model: string) => ({ model, traits: openai })

function refusal(more: Partial<Conversation>, target: Partial<RenderTarget> = {}): string | undefined {
  try {
    render(more, target)
  } catch (error) {
    return `${(error as GatewayError).code} ${(error as GatewayError).param}`
  }
  throw new Error('was not refused')
}

test('the least that there is', () => {
  const { body, warnings } = render({})
  expect(body).toEqual({ model: 'model-1', messages: [{ role: 'user', content: 'Hello' }] })
  expect(warnings).toEqual([])
})

describe('sampling', () => {
  const sampling = {
    temperature: 0.7,
    topP: 0.5,
    frequencyPenalty: 1,
    presencePenalty: 1,
    logprobs: 2,
    seed: 7,
  }

  test('as it is', () => {
    expect(render(sampling).body).toMatchObject({
      temperature: 0.7,
      top_p: 0.5,
      frequency_penalty: 1,
      presence_penalty: 1,
      logprobs: true,
      top_logprobs: 2,
      seed: 7,
    })
    expect(render({ logprobs: 0 }).body).not.toHaveProperty('top_logprobs')
  })

  test('T12 is not for models that reason', () => {
    const rendered = render(sampling, openaiTarget('gpt-5'))
    expect(Object.keys(rendered.body)).toEqual(['model', 'messages', 'seed'])
    expect(warned(rendered)).toEqual([
      'temperature dropped',
      'top_p dropped',
      'frequency_penalty dropped',
      'presence_penalty dropped',
      'logprobs dropped',
    ])
    expect(refusal({ temperature: 0.7 }, { ...openaiTarget('gpt-5'), strict: true })).toBe(
      'unsupported_parameter temperature',
    )
  })

  test('top_k has no counterpart', () => {
    const rendered = render({ topK: 5 })
    expect(rendered.body).not.toHaveProperty('top_k')
    expect(warned(rendered)).toEqual(['top_k dropped'])
  })

  test('stop sequences, as many as OpenAI takes', () => {
    const stop = ['a', 'b', 'c', 'd', 'e']
    expect(render({ stop }).body).toMatchObject({ stop })
    const rendered = render({ stop }, openaiTarget('gpt-4o'))
    expect(rendered.body).toMatchObject({ stop: ['a', 'b', 'c', 'd'] })
    expect(warned(rendered)).toEqual(['stop_sequences dropped'])
    expect(warned(render({ stop: ['a'] }, openaiTarget('o3')))).toEqual(['stop_sequences dropped'])
  })
})

describe('the limit', () => {
  test('has the name that the provider knows, and is no higher than the model can', () => {
    expect(render({ maxOutputTokens: 9 }).body).toMatchObject({ max_tokens: 9 })
    const rendered = render(
      { maxOutputTokens: 32_000 },
      { ...openaiTarget('gpt-4o'), maxOutputTokens: 16_384 },
    )
    expect(rendered.body).toMatchObject({ max_completion_tokens: 16_384 })
    expect(rendered.maxOutputTokens).toBe(16_384)
    expect(warned(rendered)).toEqual(['max_tokens changed'])
  })

  test('that is only the balance’s is sent too', () => {
    expect(render({}, { affordable: 100 }).body).toMatchObject({ max_tokens: 100 })
    expect(render({}, { maxOutputTokens: 100 }).body).not.toHaveProperty('max_tokens')
  })
})

describe('reasoning', () => {
  test.each([
    [1024, 'low'],
    [4000, 'medium'],
    [16_000, 'high'],
    [32_000, 'xhigh'],
  ])('a budget of %i tokens is the effort %s', (budgetTokens, effort) => {
    const { body, warnings, thinks } = render({ reasoning: { budgetTokens } }, openaiTarget('gpt-5.2'))
    expect(body).toMatchObject({ reasoning_effort: effort })
    expect(warnings).toEqual([])
    expect(thinks).toBe(true)
  })

  test.each<[string, Conversation['reasoning'] & {}, [effort?: string | undefined, warning?: string]]>([
    ['gpt-5', { effort: 'max' }, ['high', 'thinking changed']],
    ['gpt-5', {}, ['medium']],
    ['gpt-5', { disabled: true }, ['minimal', 'thinking changed']],
    ['gpt-5.2', { disabled: true }, ['none']],
    ['gpt-5.2', { effort: 'max' }, ['xhigh', 'thinking changed']],
    ['gpt-5.1', { effort: 'minimal' }, ['low', 'thinking changed']],
    ['o3', { effort: 'minimal' }, ['low', 'thinking changed']],
    ['o3', { disabled: true }, ['low', 'thinking changed']],
    ['gpt-4o', { effort: 'low' }, [undefined, 'thinking dropped']],
    ['gpt-4o', { disabled: true }, []],
  ])('OpenAI’s %s with %j', (model, reasoning, [effort, warning]) => {
    const rendered = render({ reasoning }, openaiTarget(model))
    expect(rendered.body.reasoning_effort).toBe(effort)
    expect(warned(rendered)[0]).toBe(warning)
  })

  test('of a server that does not tell what it knows', () => {
    expect(render({ reasoning: { effort: 'xhigh' } }).body).toMatchObject({ reasoning_effort: 'high' })
    expect(render({ reasoning: {} }).body).not.toHaveProperty('reasoning_effort')
    expect(render({ reasoning: { disabled: true } })).toMatchObject({ warnings: [], thinks: false })
  })

  test('of a word that nobody knows', () => {
    expect(refusal({ reasoning: { effort: 'huge' } })).toBe('invalid_request thinking')
  })
})

describe('the format of the answer', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
  const format = (more: object) => ({ type: 'json-schema' as const, name: 'output', schema, ...more })

  test('is enforced where the schema keeps the rules', () => {
    const closed = { ...schema, additionalProperties: false }
    const { body } = render(
      { responseFormat: format({ strict: true, schema: closed }) },
      openaiTarget('gpt-4o'),
    )
    expect(body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'output', schema: closed, strict: true },
    })
  })

  test('is told where it cannot be enforced', () => {
    for (const target of [openaiTarget('gpt-4o'), {}]) {
      const rendered = render({ responseFormat: format({ strict: true }) }, target)
      expect(rendered.body.response_format).toEqual({
        type: 'json_schema',
        json_schema: { name: 'output', schema, strict: false },
      })
      expect(warned(rendered)).toEqual(['output_config.format changed'])
    }
  })

  test('may be any JSON', () => {
    const { body } = render({ responseFormat: { type: 'json-object' } })
    expect(body.response_format).toEqual({ type: 'json_object' })
  })
})

describe('the account', () => {
  test('long names of users are hashed', () => {
    const long = `user_${'a'.repeat(64)}_account__session_1`
    const { safety_identifier: hashed } = render({ user: long }, openaiTarget('gpt-5')).body
    expect(hashed).toMatch(/^[0-9a-f]{64}$/)
    expect(render({ user: long }, openaiTarget('gpt-5')).body.safety_identifier).toBe(hashed)
    expect(render({ user: 'u' }).body).toMatchObject({ user: 'u' })
  })

  test('what only OpenAI knows', () => {
    const own = { verbosity: 'low', cacheKey: 'k', store: true, metadata: { a: 'b' }, serviceTier: 'flex' }
    expect(render(own, openaiTarget('gpt-5')).body).toMatchObject({
      verbosity: 'low',
      prompt_cache_key: 'k',
      store: true,
      metadata: { a: 'b' },
      service_tier: 'flex',
    })
    expect(warned(render(own))).toEqual(['verbosity dropped', 'store dropped', 'metadata dropped'])
    expect(render({ serviceTier: 'standard_only' }, openaiTarget('gpt-5')).body.service_tier).toBe('default')
    expect(render({ serviceTier: 'standard_only', store: false }).body).toEqual(render({}).body)
  })
})

describe('a stream', () => {
  test('tells its usage where the server can', () => {
    expect(render({ stream: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    })
    const traits = { ...plainTraits, streamOptions: false }
    expect(render({ stream: true }, { traits }).body).not.toHaveProperty('stream_options')
  })
})

describe('what only one dialect knows', () => {
  test('is told of, or refused where the answer depends on it', () => {
    const extensions = new Map<string, unknown>([
      ['context_management', { edits: [] }],
      ['background', false],
    ])
    const rendered = render({ extensions })
    expect(Object.keys(rendered.body)).toEqual(['model', 'messages'])
    expect(warned(rendered)).toEqual(['context_management dropped'])
    expect(refusal({ extensions }, { strict: true })).toBe('unsupported_parameter context_management')
    expect(refusal({ extensions: new Map([['mcp_servers', [{}]]]) })).toBe(
      'unsupported_parameter mcp_servers',
    )
  })

  test('what a provider refuses is left out', () => {
    const traits = { ...plainTraits, refusedMembers: ['seed', 'tool_choice', 'stop'] }
    const rendered = render({ seed: 1, stop: ['a'], topP: 1 }, { traits })
    expect(Object.keys(rendered.body)).toEqual(['model', 'messages', 'top_p'])
    expect(warned(rendered)).toEqual(['seed dropped', 'stop_sequences dropped'])
  })

  test('several answers, and voices', () => {
    expect(refusal({ choices: 2 })).toBe('unsupported_parameter n')
    expect(refusal({ modalities: ['text', 'audio'] })).toBe('unsupported_parameter modalities')
    expect(render({ modalities: ['text', 'image'] }).body).toMatchObject({ modalities: ['text', 'image'] })
    expect(render({ modalities: ['text'] }).body).not.toHaveProperty('modalities')
  })
})

describe('tools', () => {
  const parameters = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
  const definition = { name: 'f', description: 'F', parameters }
  const function_ = tool('f', { description: 'F', parameters, extras: { defer_loading: true }, cache: {} })

  test('as functions, and nothing beside', () => {
    const { body, warnings } = render({ tools: [function_] }, openaiTarget('gpt-4o'))
    expect(body.tools).toEqual([{ type: 'function', function: definition }])
    expect(warnings).toEqual([])
  })

  test('strict ones where the schema keeps the rules', () => {
    const closed = { ...parameters, additionalProperties: false }
    const strict = render(
      { tools: [tool('f', { parameters: closed, strict: true })] },
      openaiTarget('gpt-4o'),
    )
    expect(strict.body.tools).toMatchObject([{ function: { strict: true } }])
    const open = render({ tools: [tool('f', { parameters, strict: true })] }, openaiTarget('gpt-4o'))
    expect(open.body.tools).not.toMatchObject([{ function: { strict: true } }])
    expect(warned(open)).toEqual(['tools.0.strict changed'])
  })

  test('the choice among them', () => {
    const choose = (toolChoice: Conversation['toolChoice'] & {}, target = {}) =>
      render({ tools: [tool('f'), tool('g')], toolChoice }, target).body
    expect(choose({ type: 'required' })).toMatchObject({ tool_choice: 'required' })
    expect(choose({ type: 'tool', name: 'g' })).toMatchObject({
      tool_choice: { type: 'function', function: { name: 'g' } },
    })
    const allowed = { type: 'allowed', names: ['g'], mode: 'required' } as const
    expect(choose(allowed)).toMatchObject({ tools: [{ function: { name: 'g' } }], tool_choice: 'required' })
    expect(choose(allowed, openaiTarget('gpt-5'))).toMatchObject({
      tools: [{}, {}],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] },
      },
    })
    expect(refusal({ tools: [tool('f')], toolChoice: { type: 'tool', name: 'x' } })).toBe(
      'invalid_request tool_choice',
    )
    expect(render({ toolChoice: { type: 'auto' }, parallelToolCalls: false }).body).not.toHaveProperty(
      'tool_choice',
    )
    expect(render({ tools: [tool('f')], parallelToolCalls: false }).body).toMatchObject({
      parallel_tool_calls: false,
    })
  })

  test('that the provider runs itself are told of', () => {
    const server = { type: 'server', name: 'web_search', value: {}, path: 'tools.0' } as const
    const toolChoice = { type: 'tool', name: 'web_search' } as const
    const rendered = render({ tools: [server, tool('f')], toolChoice })
    expect(rendered.body).toMatchObject({ tools: [{ function: { name: 'f' } }] })
    expect(rendered.body).not.toHaveProperty('tool_choice')
    expect(warned(rendered)).toEqual(['tools.0 dropped', 'tool_choice changed'])
  })

  test('T28 that take free text', () => {
    const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' }
    const custom = { type: 'custom', name: 'patch', format: grammar, path: 'tools.0' } as const
    const call = {
      type: 'tool-call',
      id: 'c',
      name: 'patch',
      arguments: 'a"',
      custom: true,
      path: '',
    } as const
    const messages: Message[] = [
      user(text('Hello')),
      { role: 'assistant', parts: [call], path: 'messages.1' },
    ]
    const toolChoice = { type: 'tool', name: 'patch' } as const
    const own = render({ tools: [custom], messages, toolChoice }, openaiTarget('gpt-5'))
    expect(own.body).toMatchObject({
      tools: [
        {
          type: 'custom',
          custom: {
            name: 'patch',
            format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } },
          },
        },
      ],
      tool_choice: { type: 'custom', custom: { name: 'patch' } },
      messages: [{}, { tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'patch', input: 'a"' } }] }],
    })
    expect(own.answer).toEqual({})
    const wrapped = render({ tools: [custom], messages, toolChoice })
    expect(wrapped.body).toMatchObject({
      tools: [{ type: 'function', function: { name: 'patch', parameters: { required: ['input'] } } }],
      tool_choice: { type: 'function', function: { name: 'patch' } },
      messages: [{}, { tool_calls: [{ type: 'function', function: { arguments: '{"input":"a\\""}' } }] }],
    })
    expect(wrapped.answer).toEqual({ customTools: new Set(['patch']) })
  })

  test('T30 with long names', () => {
    const head = 'mcp__a_server_with_a_very_long_name__a_tool_with_a_long_na'
    const [first, second] = [`${head}${'a'.repeat(22)}`, `${head}${'b'.repeat(22)}`]
    const call = { type: 'tool-call', id: 'c', name: first, arguments: '', path: '' } as const
    const { body, answer } = render({
      tools: [tool(first), tool(second), tool('short'), tool('odd.name')],
      toolChoice: { type: 'tool', name: first },
      messages: [user(text('Hello')), { role: 'assistant', parts: [call], path: 'messages.1' }],
    })
    const names = (body.tools as { function: { name: string } }[]).map((each) => each.function.name)
    const [short = '', other = ''] = names
    expect(short).toHaveLength(64)
    expect(short.slice(0, 56)).toBe(`${first.slice(0, 55)}_`)
    expect(short).toMatch(/_[0-9a-f]{8}$/)
    expect(other).not.toBe(short)
    expect(names.slice(2)).toEqual(['short', expect.stringMatching(/^odd_name_[0-9a-f]{8}$/)])
    expect(body.tool_choice).toEqual({ type: 'function', function: { name: short } })
    expect(body.messages).toMatchObject([
      {},
      { tool_calls: [{ function: { name: short, arguments: '{}' } }] },
    ])
    expect(answer?.toolNames).toEqual(
      new Map([
        [short, first],
        [other, second],
        [names[3], 'odd.name'],
      ]),
    )
  })
})
