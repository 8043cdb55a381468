import { describe, expect, it } from 'vitest'
import { exampleValue } from './example-value.ts'
import { readPrompt } from './prompt.ts'

describe('a prompt is read alike from', () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
  const read = { inputTokens: 5, lastUserText: 'the weather?', toolResult: 'sunny', maxOutputTokens: 7 }

  it.each([
    [
      'Chat Completions',
      {
        messages: [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: [{ type: 'text', text: 'the weather?' }] },
          { role: 'assistant', content: null, tool_calls: [{ id: 'c', function: { name: 'f' } }] },
          { role: 'tool', tool_call_id: 'c', content: 'sunny' },
        ],
        tools: [{ type: 'function', function: { name: 'f', parameters: schema } }],
        max_completion_tokens: 7,
      },
    ],
    [
      'Responses',
      {
        instructions: 'be brief',
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'the weather?' }] },
          { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
          { type: 'function_call_output', call_id: 'c', output: 'sunny' },
        ],
        tools: [{ type: 'web_search' }, { type: 'function', name: 'f', parameters: schema }],
        max_output_tokens: 7,
      },
    ],
    [
      'Messages',
      {
        system: [{ type: 'text', text: 'be brief' }],
        messages: [
          { role: 'user', content: 'the weather?' },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }] },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: 'sunny' }] }],
          },
        ],
        tools: [
          { type: 'web_search_20250305', name: 'web_search' },
          { name: 'f', input_schema: schema },
        ],
        max_tokens: 7,
      },
    ],
  ])('%s', (_name, body) => {
    expect(readPrompt(body)).toEqual({ ...read, tool: { name: 'f', schema } })
    expect(readPrompt({ ...body, tool_choice: 'none' }).tool).toBeUndefined()
  })

  it('a Responses input that is plain text', () => {
    expect(readPrompt({ input: 'a b' })).toMatchObject({ inputTokens: 2, lastUserText: 'a b' })
  })

  it('nothing at all', () => {
    expect(readPrompt({ messages: 'nonsense', tools: [null] })).toMatchObject({
      inputTokens: 0,
      lastUserText: '',
    })
  })
})

it('an example value has what its schema requires and no more', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      unit: { enum: ['c', 'f'] },
      days: { type: 'integer', minimum: 3 },
      live: { type: ['boolean', 'null'] },
      tags: { type: 'array', items: { type: 'string' }, minItems: 1 },
      at: { anyOf: [{ type: 'object', properties: { x: { type: 'number' } }, required: ['x'] }] },
      note: { type: 'string' },
    },
    required: ['name', 'unit', 'days', 'live', 'tags', 'at'],
  }
  expect(exampleValue(schema)).toEqual({
    name: 'example',
    unit: 'c',
    days: 3,
    live: true,
    tags: ['example'],
    at: { x: 1 },
  })
})
