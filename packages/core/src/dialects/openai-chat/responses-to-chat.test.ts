import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { translateRequest, translateStream, warned } from '../../../../../test/translation/translation.ts'
import { recording } from '../../../../../test/upstream/wire.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import { openai } from '../../providers/openai.ts'
import type { RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'

const route = ['openai-responses', 'openai-chat'] as const
const openaiTarget = { traits: openai, model: 'gpt-5' }
const picture = (data: string) => `data:image/png;base64,${data}`

function translate(body: JsonObject, target: Partial<RenderTarget> = {}) {
  return translateRequest(route, { model: 'm', input: 'Hello', ...body }, target)
}

/** What Codex sends in the middle of its work. */
const codex = {
  instructions: 'Be brief',
  store: false,
  stream: true,
  include: ['reasoning.encrypted_content'],
  reasoning: { effort: 'high', summary: 'auto' },
  prompt_cache_key: 'k',
  parallel_tool_calls: false,
  tool_choice: 'auto',
  tools: [
    { type: 'function', name: 'shell', parameters: { type: 'object', properties: {} }, strict: false },
    {
      type: 'custom',
      name: 'apply_patch',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
    },
  ],
  input: [
    { role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'ok', annotations: [] }] },
    { type: 'function_call', call_id: 'c1', name: 'shell', arguments: '{"a":1}' },
    { type: 'custom_tool_call', call_id: 'c2', name: 'apply_patch', input: '***' },
    {
      type: 'function_call_output',
      call_id: 'c1',
      output: [
        { type: 'input_text', text: 'A' },
        { type: 'input_image', image_url: picture('BBBB') },
      ],
    },
    { type: 'custom_tool_call_output', call_id: 'c2', output: 'done' },
    { role: 'user', content: 'go on' },
  ],
}

describe('requests of Responses clients', () => {
  test('T28 of Codex reach OpenAI as they are meant', () => {
    const { body, warnings, answer } = translate(codex, openaiTarget)
    expect(warnings).toEqual([])
    expect(answer).toEqual({})
    expect(body).toEqual({
      model: 'gpt-5',
      messages: [
        { role: 'developer', content: 'Be brief' },
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: 'ok',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'shell', arguments: '{"a":1}' } },
            { id: 'c2', type: 'custom', custom: { name: 'apply_patch', input: '***' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'A\n[image]' },
        { role: 'tool', tool_call_id: 'c2', content: 'done' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: picture('BBBB') } },
            { type: 'text', text: 'go on' },
          ],
        },
      ],
      tools: [
        { type: 'function', function: { name: 'shell', parameters: { type: 'object', properties: {} } } },
        {
          type: 'custom',
          custom: {
            name: 'apply_patch',
            format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } },
          },
        },
      ],
      tool_choice: 'auto',
      parallel_tool_calls: false,
      reasoning_effort: 'high',
      prompt_cache_key: 'k',
      store: false,
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  test('T28 of Codex reach other servers with its tools as functions', () => {
    const { body, warnings, answer } = translate(codex)
    expect(warnings).toEqual([])
    expect(answer).toEqual({ customTools: new Set(['apply_patch']) })
    expect(body).toMatchObject({
      messages: [
        { role: 'system' },
        {},
        {
          tool_calls: [
            { function: { name: 'shell' } },
            { type: 'function', function: { name: 'apply_patch', arguments: '{"input":"***"}' } },
          ],
        },
        {},
        {},
        {},
      ],
      tools: [{ type: 'function' }, { type: 'function', function: { name: 'apply_patch' } }],
    })
    expect(body).not.toHaveProperty('prompt_cache_key')
  })

  test('T12 name what is left out by their own words', () => {
    const rendered = translate({
      temperature: 1,
      text: { verbosity: 'low' },
      tools: [{ type: 'web_search' }],
    })
    expect(warned(rendered)).toEqual(['tools[0] dropped', 'text.verbosity dropped'])
    expect(warned(translate({ temperature: 0.7 }, openaiTarget))).toEqual(['temperature dropped'])
  })

  test.each<[JsonObject, string]>([
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ background: true }, 'background'],
    [
      { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file-1' }] }] },
      'input[0].content[0]',
    ],
  ])('T29 what is not there is refused: %j', (body, param) => {
    try {
      translate(body)
      expect.unreachable()
    } catch (error) {
      expect((error as GatewayError).param).toBe(param)
    }
  })

  test('OpenAI knows its own files in both dialects', () => {
    const input = [{ role: 'user', content: [{ type: 'input_file', file_id: 'file-1' }] }]
    expect(translate({ input }, openaiTarget).body.messages).toEqual([
      { role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] },
    ])
  })
})

describe('answers of Chat providers, read by OpenAI’s client for Responses', () => {
  test.each([
    ['openai-compatible/xai-tool-call.chunks.txt', '{"location":"San Francisco"}', 560],
    ['deepseek/deepseek-tool-call.chunks.txt', '{"location": "San Francisco"}', 422],
    ['groq/groq-tool-call.chunks.txt', '{}', 225],
    ['alibaba/alibaba-tool-call.chunks.txt', '{"location": "San Francisco"}', 317],
  ])('%s', async (file, json, total) => {
    const pieces = recording(file).events.map((event) => Buffer.from(event))
    const wire = translateStream(['openai-chat', 'openai-responses'], pieces)
    const client = new OpenAI({
      apiKey: 'k',
      fetch: async () => new Response(wire, { headers: { 'content-type': 'text/event-stream' } }),
    })
    const response = await client.responses.stream({ model: 'm', input: 'Hello' }).finalResponse()
    const call = response.output.find((item) => item.type === 'function_call')
    expect(call).toMatchObject({ name: 'weather', arguments: json })
    expect(response.usage?.total_tokens).toBe(total)
    expect(response.status).toBe('completed')
  })
})
