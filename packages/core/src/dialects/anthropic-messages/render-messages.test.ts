import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  call,
  hello,
  refusal,
  text,
  translate,
  warned,
} from '../../../../../test/translation/chat-to-messages.ts'
import type { JsonObject } from '../json.ts'

describe('messages', () => {
  test('T01 gathers the results of parallel calls in one user message, in front of its text', () => {
    const { body } = translate({
      body: {
        messages: [
          { role: 'user', content: 'w?' },
          { role: 'assistant', content: null, tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'g')] },
          { role: 'tool', tool_call_id: 'a', content: '1' },
          { role: 'tool', tool_call_id: 'b', content: '2' },
          { role: 'user', content: 'thanks' },
        ],
      },
    })
    expect(body.messages).toEqual([
      { role: 'user', content: [text('w?')] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
          { type: 'tool_use', id: 'b', name: 'g', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: '1' },
          { type: 'tool_result', tool_use_id: 'b', content: '2' },
          text('thanks'),
        ],
      },
    ])
  })

  const odd = [
    { role: 'system', content: 'A' },
    { role: 'user', content: '1' },
    { role: 'developer', content: 'B' },
    { role: 'user', content: '2' },
  ]

  test('T03 leaves later instructions in place where the model takes them there', () => {
    const { body, headers, warnings } = translate({ model: 'claude-opus-5-5', body: { messages: odd } })
    expect(body.system).toEqual([text('A')])
    expect(body.messages).toEqual([
      { role: 'user', content: [text('1')] },
      { role: 'system', content: [text('B')] },
      { role: 'user', content: [text('2')] },
    ])
    expect(headers).toEqual({
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'mid-conversation-system-2026-04-07',
    })
    expect(warnings).toEqual([])
  })

  test('T03 moves later instructions to the front on other models, and says so', () => {
    const rendered = translate({ body: { messages: odd } })
    expect(rendered.body.system).toEqual([text('A'), text('B')])
    expect(rendered.body.messages).toEqual([{ role: 'user', content: [text('1'), text('2')] }])
    expect(rendered.headers).toEqual({ 'anthropic-version': '2023-06-01' })
    expect(warned(rendered)).toEqual(['messages.2 changed'])
  })

  test('instructions between a call and its result do not part them', () => {
    const { body } = translate({
      model: 'claude-opus-5-5',
      body: {
        messages: [
          ...hello,
          { role: 'assistant', tool_calls: [call('a', 'f')] },
          { role: 'system', content: 'B' },
          { role: 'tool', tool_call_id: 'a', content: '1' },
        ],
      },
    })
    expect((body.messages as JsonObject[]).map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(body.system).toEqual([text('B')])
  })

  test('T36 leaves out empty texts and the messages that are nothing else', () => {
    const { body } = translate({
      body: {
        messages: [
          ...hello,
          { role: 'assistant', content: '' },
          { role: 'user', content: [text(' \n'), text('Still there?')] },
        ],
      },
    })
    expect(body.messages).toEqual([{ role: 'user', content: [text('Hello'), text('Still there?')] }])
    expect(refusal({ body: { messages: [{ role: 'user', content: '' }] } })).toMatchObject({
      param: 'messages',
    })
  })

  test('refuses a result without a call and a call without a result', () => {
    const orphan = [...hello, { role: 'tool', tool_call_id: 'a', content: '1' }]
    expect(refusal({ body: { messages: orphan } })).toEqual({
      code: 'invalid_request',
      param: 'messages.1',
      status: 400,
    })
    const open = [
      ...hello,
      { role: 'assistant', tool_calls: [call('a', 'f')] },
      { role: 'user', content: 'So?' },
    ]
    expect(refusal({ body: { messages: open } }).param).toBe('messages.1.tool_calls.0')
    const twice = [
      ...hello,
      { role: 'assistant', tool_calls: [call('a', 'f')] },
      { role: 'assistant', content: 'Well.' },
      { role: 'user', content: 'So?' },
      { role: 'assistant', content: 'Hm.' },
    ]
    expect(refusal({ body: { messages: twice } }).param).toBe('messages.1.tool_calls.0')
  })

  test('keeps what a model once wrote as arguments, also when it is no JSON object', () => {
    const { body } = translate({
      body: {
        messages: [
          ...hello,
          {
            role: 'assistant',
            content: 'Wait. ',
            tool_calls: [call('a', 'f', '{"x":'), call('b', 'f', '[1]')],
          },
          { role: 'tool', tool_call_id: 'a', content: [text('one'), text('two')] },
          { role: 'tool', tool_call_id: 'b', content: '' },
        ],
      },
    })
    expect(body.messages).toMatchObject([
      {},
      {
        content: [
          text('Wait. '),
          { input: { rawInvalidInput: '{"x":' } },
          { input: { rawInvalidInput: '[1]' } },
        ],
      },
      { content: [{ content: [text('one'), text('two')] }, { type: 'tool_result', tool_use_id: 'b' }] },
    ])
  })

  test('T30 renames tool call ids that the API would refuse, alike in call and result', () => {
    const { body } = translate({
      body: {
        messages: [
          ...hello,
          { role: 'assistant', tool_calls: [call('functions.Bash:0', 'f'), call('functions_Bash_0', 'f')] },
          { role: 'tool', tool_call_id: 'functions_Bash_0', content: 'second' },
          { role: 'tool', tool_call_id: 'functions.Bash:0', content: 'first' },
        ],
      },
    })
    expect(body.messages).toMatchObject([
      {},
      { content: [{ id: 'functions_Bash_0' }, { id: 'functions_Bash_0_2' }] },
      {
        content: [
          { tool_use_id: 'functions_Bash_0_2', content: 'second' },
          { tool_use_id: 'functions_Bash_0', content: 'first' },
        ],
      },
    ])
  })

  test('reads the functions of clients from before there were tools', () => {
    const { body } = translate({
      body: {
        functions: [{ name: 'f', parameters: { type: 'object', properties: {} } }],
        function_call: { name: 'f' },
        messages: [
          ...hello,
          { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
          { role: 'function', name: 'f', content: '1' },
        ],
      },
    })
    expect(body).toMatchObject({
      tools: [{ name: 'f' }],
      tool_choice: { type: 'tool', name: 'f' },
      messages: [
        {},
        { content: [{ type: 'tool_use', id: 'call_messages_1' }] },
        { content: [{ type: 'tool_result', tool_use_id: 'call_messages_1', content: '1' }] },
      ],
    })
  })

  test('trims what the model is to go on from', () => {
    const { body } = translate({ body: { messages: [...hello, { role: 'assistant', content: 'Dear ' }] } })
    expect(body.messages).toMatchObject([{}, { content: [text('Dear')] }])
  })

  test('stays linear over thousands of messages, and remarks once', () => {
    const messages = Array.from({ length: 20_000 }, (_, index) =>
      index % 2 === 0
        ? { role: 'user', content: 'more' }
        : { role: 'assistant', content: 'ok', reasoning_content: 'hm' },
    )
    const started = performance.now()
    const rendered = translate({ body: { messages } })
    expect(performance.now() - started).toBeLessThan(2000)
    expect(rendered.body.messages).toHaveLength(20_000)
    expect(rendered.warnings).toHaveLength(1)
  })
})

test('any well-formed conversation becomes alternating turns in which results answer calls', () => {
  const said = fc.constantFrom('', ' ', 'word')
  const message = fc.oneof(
    fc.record({ role: fc.constantFrom('system', 'developer', 'user', 'assistant'), content: said }),
    fc.constant({ role: 'call', content: '' }),
  )
  fc.assert(
    fc.property(fc.array(message), fc.constantFrom('claude-opus-5-5', 'claude-sonnet-4-5'), (list, model) => {
      const messages = list.flatMap(({ role, content }, index): JsonObject[] =>
        role === 'call'
          ? [
              { role: 'assistant', content, tool_calls: [call(`a${index}`, 'f'), call(`b${index}`, 'f')] },
              { role: 'tool', tool_call_id: `b${index}`, content: 'x' },
              { role: 'tool', tool_call_id: `a${index}`, content: 'y' },
            ]
          : [{ role, content }],
      )
      const { body } = translate({ model, body: { messages: [...hello, ...messages] } })
      const turns = body.messages as {
        role: string
        content: { type: string; id: string; tool_use_id: string }[]
      }[]
      for (const [index, turn] of turns.entries()) {
        const next = turns[index + 1]
        expect(turn.content.length).toBeGreaterThan(0)
        expect(next?.role).not.toBe(turn.role)
        const calls = turn.content.filter(({ type }) => type === 'tool_use').map(({ id }) => id)
        const results = next?.content.slice(0, calls.length).map(({ tool_use_id }) => tool_use_id) ?? []
        expect([...results].sort()).toEqual([...calls].sort())
      }
    }),
  )
})
