import { describe, expect, test } from 'vitest'
import { refusal, tool, translate, warned } from '../../../../../test/translation/chat-to-messages.ts'
import type { JsonObject } from '../json.ts'

describe('T14 structured output', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 2 },
      v: { oneOf: [{ type: 'string' }, { type: 'number' }] },
      note: { type: 'string' },
    },
    required: ['name', 'v'],
  }
  const response_format = { type: 'json_schema', json_schema: { name: 'out', schema } }

  test('is native where the model enforces schemas', () => {
    const { body, answer, warnings } = translate({ body: { response_format } })
    expect(body.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            name: { type: 'string', description: 'min length: 2.' },
            v: { anyOf: [{ type: 'string' }, { type: 'number' }] },
            note: { type: 'string' },
          },
          required: ['name', 'v'],
          additionalProperties: false,
        },
      },
    })
    expect(answer).toEqual({})
    expect(warnings).toEqual([])
  })

  test('is a forced tool on older models', () => {
    const { body, answer } = translate({ model: 'claude-3-haiku-20240307', body: { response_format } })
    expect(body).toMatchObject({
      tools: [{ name: 'json', input_schema: schema }],
      tool_choice: { type: 'tool', name: 'json', disable_parallel_tool_use: true },
    })
    expect(answer).toEqual({ answerTool: 'json' })
  })

  test('leaves the client its own tools beside the forced one', () => {
    const { body, answer } = translate({
      model: 'claude-sonnet-4-20250514',
      body: { response_format, tools: [tool('json')] },
    })
    expect(body).toMatchObject({
      tools: [{ name: 'json' }, { name: 'json_answer' }],
      tool_choice: { type: 'any' },
    })
    expect(answer).toEqual({ answerTool: 'json_answer' })
  })

  test('is a forced tool for schemas that the model would refuse or close', () => {
    const open = { type: 'object', properties: { map: { type: 'object', additionalProperties: true } } }
    const json_schema = { name: 'out', schema: open }
    const body = { response_format: { type: 'json_schema', json_schema } }
    expect(translate({ body }).answer).toEqual({ answerTool: 'json' })
    const unforced = translate({ model: 'claude-opus-5-5', body })
    expect(unforced.answer).toEqual({})
    expect(warned(unforced)).toEqual(['response_format changed'])
  })

  test('without a schema is asked for in words', () => {
    const rendered = translate({ body: { response_format: { type: 'json_object' } } })
    expect(rendered.body.system).toHaveLength(1)
    expect(warned(rendered)).toEqual(['response_format dropped'])
  })

  test('refuses bottomless schemas', () => {
    let deep: JsonObject = { type: 'string' }
    for (let level = 0; level < 200; level += 1) deep = { type: 'array', items: deep }
    const body = { response_format: { type: 'json_schema', json_schema: { name: 'o', schema: deep } } }
    expect(refusal({ body })).toMatchObject({ status: 400, param: 'response_format' })
  })
})
