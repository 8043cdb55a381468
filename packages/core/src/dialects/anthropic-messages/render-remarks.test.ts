import { describe, expect, test } from 'vitest'
import { parseRequest, renderRequest, warned } from '../../../../../test/translation/translation.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { DialectId } from '../../providers/dialect-id.ts'
import type { Conversation } from '../conversation.ts'

const hello = parseRequest('openai-chat', { model: 'm', messages: [{ role: 'user', content: 'Hello' }] })

const render = (dialect: DialectId, members: Partial<Conversation>, strict = false) =>
  renderRequest('anthropic-messages', { ...hello, dialect, ...members }, { model: 'claude-opus-5', strict })

function refused(dialect: DialectId, members: Partial<Conversation>, strict = false): string | undefined {
  try {
    render(dialect, members, strict)
  } catch (error) {
    return (error as GatewayError).param
  }
  throw new Error('was not refused')
}

describe('members without a counterpart', () => {
  const members: Partial<Conversation> = {
    seed: 0,
    frequencyPenalty: 0.5,
    presencePenalty: 0.5,
    logprobs: 0,
    verbosity: 'low',
    metadata: { a: 'b' },
    store: true,
    cacheKey: 'k',
    temperature: 0.5,
    topP: 0.5,
  }

  test.each([
    ['openai-chat', 'logprobs', 'verbosity'],
    ['openai-responses', 'top_logprobs', 'text.verbosity'],
  ] as const)('are remarked on in the words of %s', (dialect, logprobs, verbosity) => {
    const names = ['seed', 'frequency_penalty', 'presence_penalty', logprobs, verbosity, 'metadata', 'store']
    const expected = ['temperature', 'top_p', ...names].map((name) => `${name} dropped`)
    expect(warned(render(dialect, members))).toEqual(expect.arrayContaining(expected))
    expect(render(dialect, members).warnings).toHaveLength(expected.length)
  })

  test('are passed over where they ask for nothing', () => {
    const nothing = {
      frequencyPenalty: 0,
      presencePenalty: 0,
      verbosity: 'medium',
      metadata: {},
      store: false,
    }
    expect(render('openai-chat', { ...nothing, cacheKey: 'k', modalities: ['text'] }).warnings).toEqual([])
  })

  test.each(['seed', 'logprobs', 'store'] as const)(
    'are refused where nothing may be left out: %s',
    (name) => {
      expect(refused('openai-chat', { [name]: members[name] }, true)).toBe(name)
    },
  )

  test('labels of this dialect are its own', () => {
    expect(render('anthropic-messages', { metadata: { team: 't' }, user: 'u' })).toMatchObject({
      body: { metadata: { user_id: 'u', team: 't' } },
      warnings: [],
    })
  })
})

test('pictures that nobody can make are left out, and sound is refused', () => {
  expect(warned(render('openai-chat', { modalities: ['text', 'image'] }))).toEqual(['modalities dropped'])
  expect(refused('openai-chat', { modalities: ['image'] })).toBe('modalities')
  expect(refused('openai-chat', { modalities: ['text', 'audio'] })).toBe('modalities')
  expect(refused('openai-chat', { choices: 2 })).toBe('n')
})

test.each([
  ['openai-chat', 'reasoning_effort', 'max_completion_tokens', 'response_format'],
  ['openai-responses', 'reasoning', 'max_output_tokens', 'text.format'],
] as const)('%s hears of what is changed in its own words', (dialect, ...[reasoning, limit, format]) => {
  const rendered = render(dialect, {
    reasoning: { effort: 'high' },
    maxOutputTokens: 1_000_000,
    responseFormat: { type: 'json-object' },
    tools: [{ type: 'function', name: 'f', path: 'tools.0' }],
    toolChoice: { type: 'required' },
  })
  expect(warned(rendered)).toEqual([`${format} dropped`, `${limit} changed`, `${reasoning} changed`])
})

test.each([
  ['none', 'omitted'],
  ['auto', 'summarized'],
  [undefined, 'summarized'],
])('reasoning with the summary %s is %s', (summary, display) => {
  const reasoning = { effort: 'high', ...(summary === undefined ? {} : { summary }) }
  expect(render('openai-responses', { reasoning }).body.thinking).toEqual({ type: 'adaptive', display })
})

describe('T08 reasoning that was packed by another dialect', () => {
  const path = ''
  const seal = { origin: 'anthropic', value: 'sig' } as const
  const turn = (thinking: readonly object[]) => ({
    messages: [
      ...hello.messages,
      {
        role: 'assistant',
        path,
        parts: [...thinking, { type: 'tool-call', id: 't1', name: 'f', arguments: '{"x":1}', path }],
      },
      { role: 'tool', path, parts: [{ type: 'tool-result', callId: 't1', parts: [], path }] },
    ] as Conversation['messages'],
    reasoning: { effort: 'high' },
  })
  const send = (thinking: readonly object[]) =>
    renderRequest(
      'anthropic-messages',
      { ...hello, dialect: 'openai-responses', ...turn(thinking) },
      { model: 'claude-sonnet-4-5' },
    )

  test('goes back with the identical signature, and thinking stays on', () => {
    const { body, warnings } = send([{ type: 'thinking', text: 'hm', seal, path }])
    expect(body.messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'sig' },
          { type: 'tool_use', id: 't1', name: 'f', input: { x: 1 } },
        ],
      },
      { role: 'user' },
    ])
    expect(body.thinking).toMatchObject({ type: 'enabled' })
    expect(warnings).toEqual([])
  })

  test.each([
    ['nobody', undefined],
    ['another provider', { origin: 'openai', value: 'gAAA' }],
  ])('and sealed by %s is left out, and thinking is off for this call', (_, foreign) => {
    const rendered = send([{ type: 'thinking', text: 'hm', seal: foreign, path: 'input.1' }])
    expect(rendered.body.messages).toMatchObject([{}, { content: [{ type: 'tool_use' }] }, {}])
    expect(rendered.body.thinking).toBeUndefined()
    expect(warned(rendered)).toEqual(['reasoning changed', 'input.1 dropped'])
  })
})
