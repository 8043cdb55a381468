import { describe, expect, test } from 'vitest'
import { refusal, tool, translate, warned } from '../../../../../test/translation/chat-to-messages.ts'
import type { JsonObject } from '../json.ts'

describe('tools', () => {
  const tools = [tool('f'), tool('g')]
  const named = { type: 'function', function: { name: 'f' } }

  test('T11 forces where the model can be forced', () => {
    const model = 'claude-opus-4-8'
    expect(translate({ model, body: { tools, tool_choice: 'required' } }).body.tool_choice).toEqual({
      type: 'any',
    })
    const { body, warnings } = translate({ model, body: { tools, tool_choice: named } })
    expect(body.tool_choice).toEqual({ type: 'tool', name: 'f' })
    expect(body.tools).toHaveLength(2)
    expect(warnings).toEqual([])
  })

  test('T11 offers where the model cannot be forced, and says so', () => {
    const model = 'claude-opus-5-5'
    const required = translate({ model, body: { tools, tool_choice: 'required' } })
    expect(required.body.tool_choice).toEqual({ type: 'auto' })
    expect(warned(required)).toEqual(['tool_choice changed'])
    const one = translate({ model, body: { tools, tool_choice: named } })
    expect(one.body).toMatchObject({ tools: [{ name: 'f' }], tool_choice: { type: 'auto' } })
    expect(one.body.tools).toHaveLength(1)
    expect(warned(one)).toEqual(['tool_choice changed'])
  })

  test('allowed tools, serial calls and no calls', () => {
    const allowed = { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [named] } }
    expect(translate({ body: { tools, tool_choice: allowed } }).body).toMatchObject({
      tools: [{ name: 'f' }],
      tool_choice: { type: 'any' },
    })
    expect(translate({ body: { tools, parallel_tool_calls: false } }).body.tool_choice).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
    expect(translate({ body: { tools, tool_choice: 'none' } }).body.tool_choice).toEqual({ type: 'none' })
    expect(translate({ body: { tools } }).body).not.toHaveProperty('tool_choice')
    expect(refusal({ body: { tools, tool_choice: { ...named, function: { name: 'h' } } } }).param).toBe(
      'tool_choice',
    )
  })

  test('schemas keep every keyword, and always describe an object', () => {
    const parameters = { $defs: { a: { pattern: 'x' } }, properties: { a: { $ref: '#/$defs/a' } }, oneOf: [] }
    const { body } = translate({ body: { tools: [tool('f', parameters), tool('g')] } })
    expect(body.tools).toEqual([
      { name: 'f', input_schema: { ...parameters, type: 'object' } },
      { name: 'g', input_schema: { type: 'object', properties: {} } },
    ])
  })

  test('strict is kept where the model can enforce the schema', () => {
    const strict = (parameters: JsonObject) => ({
      type: 'function',
      function: { name: 'f', parameters, strict: true },
    })
    const closed = { type: 'object', properties: {}, additionalProperties: false }
    expect(translate({ body: { tools: [strict(closed)] } }).body.tools).toMatchObject([{ strict: true }])
    const old = translate({ model: 'claude-3-haiku-20240307', body: { tools: [strict(closed)] } })
    expect(old.body.tools).toEqual([{ name: 'f', input_schema: closed }])
    expect(warned(old)).toEqual(['tools.0.strict changed'])
    const recursive = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }
    expect(warned(translate({ body: { tools: [strict(recursive)] } }))).toEqual(['tools.0.strict changed'])
  })

  test('T28 a tool that takes free text is offered as a function', () => {
    const custom = { type: 'custom', custom: { name: 'c' } }
    const { body, answer } = translate({ body: { tools: [custom], tool_choice: custom } })
    expect(body.tools).toMatchObject([{ name: 'c', input_schema: { required: ['input'] } }])
    expect(body.tool_choice).toEqual({ type: 'tool', name: 'c' })
    expect(answer?.customTools).toEqual(new Set(['c']))
  })

  test('a tool of another kind is refused', () => {
    expect(refusal({ body: { tools: [{ type: 'web_search' }] } })).toMatchObject({
      code: 'unsupported_parameter',
      param: 'tools.0.type',
    })
  })

  test('members named __proto__ stay members and touch nothing', () => {
    const body = JSON.parse(`{
      "tools": [{ "type": "function", "__proto__": { "polluted": 1 }, "function": { "name": "f", "strict": true,
        "parameters": { "type": "object", "properties": { "__proto__": { "type": "string", "minLength": 1 } },
        "required": ["__proto__"] } } }], "__proto__": { "temperature": 0.5 } }`)
    const rendered = translate({ body })
    const [tool0] = rendered.body.tools as { input_schema: { properties: object } }[]
    const properties = Object.entries(tool0?.input_schema.properties ?? {})
    expect(properties).toEqual([['__proto__', { type: 'string', description: 'min length: 1.' }]])
    expect(rendered.body).not.toHaveProperty('temperature')
    expect(({} as JsonObject).polluted).toBeUndefined()
  })
})
