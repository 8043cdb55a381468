import { describe, expect, test } from 'vitest'
import { translateRequest, warned } from '../../../../../test/translation/translation.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { packSeal } from '../seal.ts'

const claude = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'
const nova = 'us.amazon.nova-pro-v1:0'
const messages = [{ role: 'user', content: 'Hello' }]

function render(body: JsonObject, more: Partial<RenderTarget> = {}) {
  return translateRequest(
    ['openai-chat', 'bedrock-converse'],
    { model: 'm', messages, ...body },
    { model: claude, ...more },
  )
}

function refused(body: JsonObject, more: Partial<RenderTarget> = {}) {
  try {
    render(body, more)
  } catch (error) {
    const { code, param } = error as GatewayError
    return [code, param]
  }
  throw new Error('was not refused')
}

const user = (...content: readonly object[]) => [{ role: 'user', content }]
const text = (value: string) => ({ type: 'text', text: value })
const file = (filename: string, file_data: string) => ({ type: 'file', file: { filename, file_data } })
const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Tells it.',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
}
const call = (id: string, name: string, json: string) => ({
  id,
  type: 'function',
  function: { name, arguments: json },
})

describe('a request', () => {
  test('names neither model nor stream, and holds the limit in inferenceConfig', () => {
    const { body, maxOutputTokens } = render({
      stream: true,
      max_tokens: 100,
      temperature: 0.5,
      stop: ['END', ' '],
    })
    expect(body).toEqual({
      messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
      inferenceConfig: { maxTokens: 100, temperature: 0.5, stopSequences: ['END'] },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
    })
    expect(maxOutputTokens).toBe(100)
  })

  test.each([claude, nova])('asks for no more than a balance affords: %s', (model) => {
    const target = { model, maxOutputTokens: 10_000, affordable: 1000 }
    for (const body of [{}, { max_tokens: 8000 }]) {
      const rendered = render(body, target)
      expect(rendered.body.inferenceConfig).toMatchObject({ maxTokens: 1000 })
      expect(rendered.maxOutputTokens).toBe(1000)
    }
  })

  test('is limited only where somebody says so on models whose maximum nobody knows', () => {
    expect(render({}, { model: nova }).body).not.toHaveProperty('inferenceConfig')
    expect(render({}, { model: nova, maxOutputTokens: 300 }).body.inferenceConfig).toEqual({ maxTokens: 300 })
    const { body, maxOutputTokens } = render({ max_tokens: 500 }, { model: nova, maxOutputTokens: 300 })
    expect([body.inferenceConfig, maxOutputTokens]).toEqual([{ maxTokens: 300 }, 300])
    expect(render({}).body.inferenceConfig).toEqual({ maxTokens: 4096 })
  })

  test('puts instructions in front and joins neighbours of one role', () => {
    const rendered = render({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'a' },
        { role: 'user', content: 'b' },
        { role: 'assistant', content: '  ' },
        { role: 'developer', content: 'And kind.' },
      ],
    })
    expect(rendered.body).toMatchObject({
      system: [{ text: 'Be brief.' }, { text: 'And kind.' }],
      messages: [{ role: 'user', content: [{ text: 'a' }, { text: 'b' }] }],
    })
    expect(warned(rendered)).toEqual(['messages.4 changed'])
  })

  test('sends labels, tiers and schemas where Converse has them', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    }
    const { body } = render({
      service_tier: 'flex',
      metadata: { team: 'red' },
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
    })
    expect(body).toMatchObject({
      serviceTier: { type: 'flex' },
      requestMetadata: { team: 'red' },
      outputConfig: {
        textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(schema) } } },
      },
    })
  })

  test('asks models that enforce no schema through a tool, whose arguments are then the answer', () => {
    const response_format = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } }
    const { body, answer } = render({ response_format }, { model: nova })
    expect(body.toolConfig).toMatchObject({ toolChoice: { tool: { name: 'json' } } })
    expect(answer).toEqual({ answerTool: 'json' })
  })

  test('says what it leaves out, and under strict refuses', () => {
    expect(
      warned(
        render({
          seed: 1,
          user: 'u',
          logit_bias: { 1: 2 },
          store: false,
          parallel_tool_calls: false,
          tools: [weather],
        }),
      ),
    ).toEqual(['parallel_tool_calls dropped', 'seed dropped', 'user dropped', 'logit_bias dropped'])
    expect(refused({ seed: 1 }, { strict: true })).toEqual(['unsupported_parameter', 'seed'])
    expect(refused({ n: 2 })).toEqual(['unsupported_parameter', 'n'])
    expect(refused({ modalities: ['text', 'audio'], audio: { voice: 'a', format: 'wav' } })).toEqual([
      'unsupported_parameter',
      'modalities',
    ])
  })
})

describe('thinking', () => {
  test('of Claude models goes beside the request, with room for it in the limit', () => {
    const { body, thinks } = render({ reasoning_effort: 'low', max_tokens: 1000, temperature: 0.5 })
    expect(body.inferenceConfig).toEqual({ maxTokens: 7400 })
    expect(body.additionalModelRequestFields).toEqual({ thinking: { type: 'enabled', budget_tokens: 6400 } })
    expect(thinks).toBe(true)
  })

  test('is an effort on the newer ones', () => {
    const { body } = render({ reasoning_effort: 'high' }, { model: 'global.anthropic.claude-opus-4-6-v1' })
    expect(body).toMatchObject({
      additionalModelRequestFields: { thinking: { type: 'adaptive' } },
      outputConfig: { effort: 'high' },
    })
  })

  test('of other models cannot be said', () => {
    const rendered = render({ reasoning_effort: 'high' }, { model: nova })
    expect(warned(rendered)).toEqual(['reasoning_effort dropped'])
    expect(rendered.body).not.toHaveProperty('additionalModelRequestFields')
  })

  test('goes back with its signature to a Claude model, and to nobody else', () => {
    const thinking_blocks = [
      { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
      { type: 'redacted_thinking', data: 'enc' },
      {
        type: 'thinking',
        thinking: 'Other.',
        signature: packSeal({ origin: 'openai', value: 'x' }, 'anthropic'),
      },
    ]
    const turns = {
      messages: [...messages, { role: 'assistant', content: 'Hi', thinking_blocks }, ...messages],
    }
    expect(render(turns).body.messages).toMatchObject([
      {},
      {
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig' } } },
          { reasoningContent: { redactedContent: 'enc' } },
          { text: 'Hi' },
        ],
      },
      {},
    ])
    const plain = render(turns, { model: nova })
    expect(plain.body.messages).toMatchObject([{}, { content: [{ text: 'Hi' }] }, {}])
    expect(warned(plain)).toEqual(['messages.1.thinking_blocks.0 dropped'])
  })
})

describe('media', () => {
  const png = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }

  test('goes as bytes with its format, a document with a name that the API takes', () => {
    const { body } = render({
      messages: user(
        text('Look'),
        png,
        file('Q3_report: über.pdf', 'data:application/pdf;base64,BBBB'),
        file('Q3_report: über.pdf', 'data:application/pdf;base64,CCCC'),
        file(
          'sheet.xlsx',
          'data:application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;base64,DDDD',
        ),
        file('clip.mp4', 'data:video/mp4;base64,EEEE'),
      ),
    })
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { text: 'Look' },
          { image: { format: 'png', source: { bytes: 'AAAA' } } },
          { document: { format: 'pdf', name: 'Q3-report- -ber', source: { bytes: 'BBBB' } } },
          { document: { format: 'pdf', name: 'Q3-report- -ber 2', source: { bytes: 'CCCC' } } },
          { document: { format: 'xlsx', name: 'sheet', source: { bytes: 'DDDD' } } },
          { video: { format: 'mp4', source: { bytes: 'EEEE' } } },
        ],
      },
    ])
  })

  test('has a word beside a document, without which it is refused', () => {
    const { body } = render({ messages: user(file('a.pdf', 'data:application/pdf;base64,BBBB')) })
    expect(body.messages).toMatchObject([
      { content: [{ text: 'See the document.' }, { document: { name: 'a' } }] },
    ])
  })

  test('may be in S3, and nowhere else', () => {
    const at = (url: string) => ({ messages: user({ type: 'image_url', image_url: { url } }) })
    expect(render(at('s3://bucket/cat.JPG')).body.messages).toMatchObject([
      { content: [{ image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket/cat.JPG' } } } }] },
    ])
    expect(refused(at('https://a.example/cat.png'))).toEqual([
      'unsupported_parameter',
      'messages.0.content.0',
    ])
    expect(refused(at('data:image/tiff;base64,AAAA'))).toEqual([
      'unsupported_parameter',
      'messages.0.content.0',
    ])
    expect(refused({ messages: user({ type: 'file', file: { file_id: 'f' } }) })).toEqual([
      'unsupported_parameter',
      'messages.0.content.0',
    ])
  })
})

describe('tools', () => {
  const loop = [
    { role: 'user', content: 'Weather?' },
    {
      role: 'assistant',
      content: 'I look.',
      tool_calls: [call('call:1', 'weather', '{"city":"Rome"}'), call('b', 'weather', '')],
    },
    { role: 'tool', tool_call_id: 'b', content: 'Rain', is_error: true },
    {
      role: 'tool',
      tool_call_id: 'call:1',
      content: [text('Sun'), { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
    },
    { role: 'user', content: 'And?' },
  ]

  test('are called and answered in turns: results first, in one message', () => {
    const { body } = render({ tools: [weather], tool_choice: 'required', messages: loop })
    expect(body.toolConfig).toEqual({
      tools: [
        {
          toolSpec: {
            name: 'weather',
            description: 'Tells it.',
            inputSchema: { json: weather.function.parameters },
          },
        },
      ],
      toolChoice: { any: {} },
    })
    expect(body.messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [
          { text: 'I look.' },
          { toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Rome' } } },
          { toolUse: { toolUseId: 'b', name: 'weather', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'b', content: [{ text: 'Rain' }], status: 'error' } },
          { toolResult: { toolUseId: 'call_1', content: [{ text: 'Sun' }, { image: { format: 'png' } }] } },
          { text: 'And?' },
        ],
      },
    ])
  })

  test('have names and ids as short as the API wants them', () => {
    const long = `weather.${'x'.repeat(80)}`
    const id = 'i'.repeat(90)
    const tools = [{ type: 'function', function: { name: long } }]
    const asked = [
      ...messages,
      { role: 'assistant', tool_calls: [call(id, long, '{}')] },
      { role: 'tool', tool_call_id: id, content: 'x' },
    ]
    const { body, answer } = render({
      tools,
      tool_choice: { type: 'function', function: { name: long } },
      messages: asked,
    })
    const [[short] = []] = [...(answer?.toolNames ?? [])]
    expect([short?.length, answer?.toolNames?.get(short ?? '')]).toEqual([64, long])
    expect(body.toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: short } }],
      toolChoice: { tool: { name: short } },
    })
    const ids = JSON.stringify(body.messages).match(/"toolUseId":"[^"]+"/g)
    expect(ids).toEqual([`"toolUseId":"${'i'.repeat(50)}_1"`, `"toolUseId":"${'i'.repeat(50)}_1"`])
  })

  test('that were called are shown even when none is offered any more', () => {
    const none = render({ messages: loop })
    expect(none.body.toolConfig).toEqual({
      tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: {} } } } }],
    })
    expect(warned(none)).toEqual(['tools changed'])
    const withheld = render({ messages: loop, tools: [weather], tool_choice: 'none' })
    expect(withheld.body.toolConfig).not.toHaveProperty('toolChoice')
    expect(warned(withheld)).toEqual(['tool_choice changed'])
    expect(render({ tools: [weather], tool_choice: 'none' }).body).not.toHaveProperty('toolConfig')
  })

  test('without their call or their result are refused', () => {
    expect(refused({ messages: [...messages, { role: 'tool', tool_call_id: 'x', content: 'y' }] })).toEqual([
      'invalid_request',
      'messages.1',
    ])
    expect(refused({ messages: loop.slice(0, 2) })).toEqual(['invalid_request', 'messages.1.tool_calls.0'])
  })
})

describe('cache marks', () => {
  const marked = (ttl?: string) => ({
    ...text('long'),
    cache_control: { type: 'ephemeral', ...(ttl && { ttl }) },
  })

  test('stand behind what they end, with a lifetime on Claude models, four at most', () => {
    const body = {
      messages: [
        { role: 'system', content: [marked('1h')] },
        ...user(marked(), marked(), marked(), marked()),
      ],
    }
    const rendered = render(body)
    expect(rendered.body.system).toEqual([{ text: 'long' }, { cachePoint: { type: 'default', ttl: '1h' } }])
    const [message] = rendered.body.messages as readonly { content: readonly object[] }[]
    expect(message?.content.filter((block) => 'cachePoint' in block)).toHaveLength(3)
    expect(warned(rendered)).toEqual(['messages.1.content.3 dropped'])
    expect(JSON.stringify(render(body, { model: nova }).body)).not.toContain('1h')
    expect(JSON.stringify(render(body, { model: 'meta.llama4-scout-17b-instruct-v1:0' }).body)).not.toContain(
      'cachePoint',
    )
  })

  test('within a result stand behind it', () => {
    const { body } = render({
      tools: [weather],
      messages: [
        ...messages,
        { role: 'assistant', tool_calls: [call('a', 'weather', '')] },
        { role: 'tool', tool_call_id: 'a', content: [marked()] },
      ],
    })
    expect(body.messages).toMatchObject([
      {},
      {},
      { content: [{ toolResult: { content: [{ text: 'long' }] } }, { cachePoint: { type: 'default' } }] },
    ])
  })

  test('stand behind tools too', () => {
    const tools = [{ ...weather, cache_control: { type: 'ephemeral' } }]
    expect(render({ tools }).body.toolConfig).toMatchObject({
      tools: [{ toolSpec: {} }, { cachePoint: { type: 'default' } }],
    })
  })
})

describe('a client of Anthropic Messages', () => {
  test('is carried over as well, in its own words where something is left out', () => {
    const rendered = translateRequest(
      ['anthropic-messages', 'bedrock-converse'],
      {
        model: 'm',
        max_tokens: 4000,
        system: [
          { type: 'text', text: 'x-anthropic-billing-header: cch=1' },
          { type: 'text', text: 'Be brief.' },
        ],
        top_k: 5,
        thinking: { type: 'enabled', budget_tokens: 2000 },
        messages: [
          { role: 'user', content: 'Weather?' },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
              { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Rome' } },
            ],
          },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'Sun' }] },
        ],
        tools: [
          { name: 'weather', input_schema: { type: 'object' } },
          { type: 'web_search_20250305', name: 'web_search' },
        ],
        container: 'c',
      },
      { model: claude },
    )
    expect(rendered.body).toMatchObject({
      system: [{ text: 'Be brief.' }],
      additionalModelRequestFields: { thinking: { type: 'enabled' } },
      messages: [
        {},
        {
          content: [
            { reasoningContent: { reasoningText: { signature: 'sig' } } },
            { toolUse: { toolUseId: 't1' } },
          ],
        },
        { content: [{ toolResult: { toolUseId: 't1', content: [{ text: 'Sun' }] } }] },
      ],
    })
    expect(warned(rendered)).toEqual(['tools.1 dropped', 'top_k dropped', 'container dropped'])
  })
})
