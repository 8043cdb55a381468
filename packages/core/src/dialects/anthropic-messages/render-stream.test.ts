import { describe, expect, test } from 'vitest'
import {
  readEvents,
  readMessage,
  readWithAiSdk,
  wireEvents,
} from '../../../../../test/translation/messages-client.ts'
import { renderStream } from '../../../../../test/translation/translation.ts'
import type { Delta, FinishDelta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { packSeal } from '../seal.ts'

const start: Delta = { type: 'start', id: 'chatcmpl-1', model: 'gpt-5' }
const usage = { inputUncached: 19, cacheRead: 320, cacheWrite: 0, output: 83, reasoning: 39 }
const finish = (more: Partial<FinishDelta> = {}): FinishDelta => ({
  type: 'finish',
  reason: 'stop',
  usage,
  ...more,
})

const stop = (index: number): Delta => ({ type: 'block-stop', index })
const text = (index: number, ...pieces: string[]): Delta[] => [
  { type: 'text-start', index },
  ...pieces.map((piece): Delta => ({ type: 'text', index, text: piece })),
  stop(index),
]
const call = (index: number, name: string, pieces: readonly string[]): Delta[] => [
  { type: 'tool-start', index, id: `call_${index}`, name },
  ...pieces.map((json): Delta => ({ type: 'tool-arguments', index, json })),
  stop(index),
]

const render = (deltas: readonly Delta[], end: readonly Delta[] = [finish()]) =>
  renderStream('anthropic-messages', [start, ...deltas, ...end])

/** The events of content blocks, each in a short form. */
function shape(wire: string): unknown[][] {
  return wireEvents(wire)
    .filter(({ type }) => String(type).startsWith('content_block'))
    .map(({ index, content_block, delta }) => [index, content_block ?? delta ?? 'stop'])
}

const open = (index: number, block: JsonObject) => [index, block]
const json = (index: number, partial_json: string) => [index, { type: 'input_json_delta', partial_json }]
const tool = (id: string, name: string) => ({ type: 'tool_use', id, name, input: {} })
const thinking = { type: 'thinking', thinking: '', signature: '' }

describe('content', () => {
  test('T04 the arguments that come with a call are one delta of its block', () => {
    const wire = render(
      [...text(0, 'ok'), ...call(1, 'weather', ['{"location":"SF"}'])],
      [finish({ reason: 'tool-calls' })],
    )
    expect(shape(wire)).toEqual([
      open(0, { type: 'text', text: '' }),
      open(0, { type: 'text_delta', text: 'ok' }),
      [0, 'stop'],
      open(1, tool('call_1', 'weather')),
      json(1, '{"location":"SF"}'),
      [1, 'stop'],
    ])
  })

  test('T06 parallel calls follow each other, and both inputs parse', async () => {
    const wire = render([...call(0, 'f', ['{"a"', ':1}']), ...call(1, 'g', ['{"a":2}'])])
    expect(shape(wire).map(([index]) => index)).toEqual([0, 0, 0, 0, 1, 1, 1])
    const { content } = await readMessage(wire)
    expect(content).toEqual([
      { ...tool('call_0', 'f'), input: { a: 1 } },
      { ...tool('call_1', 'g'), input: { a: 2 } },
    ])
  })

  test('T07 thinking without a seal has no signature, and empty text is no block', async () => {
    const deltas: Delta[] = [
      { type: 'thinking-start', index: 0 },
      { type: 'thinking', index: 0, text: 'hm' },
      stop(0),
      ...text(1),
      ...call(2, 'weather', ['{"location":"San Francisco"}']),
    ]
    const wire = render(deltas, [finish({ reason: 'tool-calls' })])
    expect(shape(wire)).toEqual([
      open(0, thinking),
      open(0, { type: 'thinking_delta', thinking: 'hm' }),
      [0, 'stop'],
      open(1, tool('call_2', 'weather')),
      json(1, '{"location":"San Francisco"}'),
      [1, 'stop'],
    ])
    expect(await readMessage(wire)).toMatchObject({
      stop_reason: 'tool_use',
      usage: {
        input_tokens: 19,
        cache_read_input_tokens: 320,
        cache_creation_input_tokens: 0,
        output_tokens: 83,
        output_tokens_details: { thinking_tokens: 39 },
      },
    })
  })

  test.each(['anthropic', 'openai', 'google'] as const)(
    'T09 a seal of %s is one signature',
    async (origin) => {
      const seal = { origin, value: 'gAAA', id: 'rs_1' }
      const wire = render([
        { type: 'thinking-start', index: 0 },
        { type: 'thinking', index: 0, text: 'hm' },
        { type: 'seal', index: 0, seal },
        stop(0),
      ])
      const signatures = wireEvents(wire).filter(
        ({ delta }) => (delta as JsonObject)?.type === 'signature_delta',
      )
      expect(signatures).toHaveLength(1)
      const signature = packSeal(seal, 'anthropic')
      expect((await readMessage(wire)).content).toEqual([{ type: 'thinking', thinking: 'hm', signature }])
      expect(signature === 'gAAA').toBe(origin === 'anthropic')
    },
  )

  test('thinking that is hidden keeps its seal', async () => {
    const seal = { origin: 'openai', value: 'gAAA', id: 'rs_1' } as const
    const wire = render([{ type: 'thinking-start', index: 0 }, { type: 'seal', index: 0, seal }, stop(0)])
    expect((await readMessage(wire)).content).toEqual([
      { type: 'thinking', thinking: '', signature: packSeal(seal, 'anthropic') },
    ])
  })

  test('T10 redacted thinking is its payload', async () => {
    const wire = render([
      { type: 'thinking-start', index: 0, redacted: true },
      { type: 'seal', index: 0, seal: { origin: 'anthropic', value: 'opaque' } },
      stop(0),
      ...text(1, 'Hi'),
    ])
    expect(shape(wire).slice(0, 2)).toEqual([
      open(0, { type: 'redacted_thinking', data: 'opaque' }),
      [0, 'stop'],
    ])
    expect((await readMessage(wire)).content.map(({ type }) => type)).toEqual(['redacted_thinking', 'text'])
  })

  test('the seal of a call is a thinking block in front of it', () => {
    const seal = { origin: 'google', value: 'sig' } as const
    const signature = packSeal(seal, 'anthropic')
    const sealed: Delta[] = [
      { type: 'tool-start', index: 0, id: 'call_0', name: 'f', seal },
      { type: 'tool-arguments', index: 0, json: '{}' },
      stop(0),
    ]
    expect(shape(render(sealed))).toEqual([
      open(0, thinking),
      open(0, { type: 'signature_delta', signature }),
      [0, 'stop'],
      open(1, tool('call_0', 'f')),
      json(1, '{}'),
      [1, 'stop'],
    ])
  })

  test('a citation is one of a web page', async () => {
    const wire = render([
      { type: 'text-start', index: 0 },
      { type: 'text', index: 0, text: 'So they say.' },
      {
        type: 'citation',
        index: 0,
        url: 'https://a.example',
        title: 'A',
        citedText: 'so',
        start: 0,
        end: 12,
      },
      { type: 'citation', index: 0, url: 'https://b.example' },
      stop(0),
    ])
    const cited = { type: 'web_search_result_location', encrypted_index: '' }
    expect((await readMessage(wire)).content).toMatchObject([
      {
        text: 'So they say.',
        citations: [
          { ...cited, url: 'https://a.example', title: 'A', cited_text: 'so' },
          { ...cited, url: 'https://b.example', title: null, cited_text: '' },
        ],
      },
    ])
  })

  test('what this API cannot carry is told of and not left out', async () => {
    const data = Buffer.from('picture').toString('base64')
    const wire = render([
      ...text(0, 'Look:'),
      { type: 'media', kind: 'image', mediaType: 'image/png', data },
      { type: 'media', kind: 'audio', mediaType: 'audio/wav', data: 'AAAA', transcript: 'Good ' },
      { type: 'media', kind: 'audio', mediaType: 'audio/wav', data: 'AAAA' },
      { type: 'media', kind: 'audio', mediaType: 'audio/wav', data: 'AAAA', transcript: 'day' },
      ...text(1, 'Done.'),
    ])
    expect(wire).not.toContain(data)
    const { content } = await readMessage(wire)
    expect(content.map((block) => block.type === 'text' && block.text)).toEqual([
      'Look:',
      '[An image that this API cannot carry: image/png, 7 bytes]',
      '[A sound that this API cannot carry: audio/wav]\nGood day',
      'Done.',
    ])
  })

  test('blocks that only this API knows are shown again, those of others are not', () => {
    const value = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'a' } }
    const wire = render([
      ...text(0, 'a'),
      { type: 'opaque', dialect: 'openai-responses', value: { type: 'web_search_call' } },
      { type: 'opaque', dialect: 'anthropic-messages', value },
      ...text(1, 'b'),
    ])
    expect(shape(wire).slice(3, 6)).toEqual([
      open(1, value),
      [1, 'stop'],
      open(2, { type: 'text', text: '' }),
    ])
    expect(wire).not.toContain('web_search_call')
  })
})

describe('a message', () => {
  test('begins with an id, a model, numbers and a ping', () => {
    const [first, second] = wireEvents(render(text(0, 'a')))
    expect(first).toEqual({
      type: 'message_start',
      message: {
        id: 'msg_chatcmpl-1',
        type: 'message',
        role: 'assistant',
        model: 'gpt-5',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        stop_details: null,
        container: null,
        usage: {
          input_tokens: 0,
          output_tokens: 0,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
          cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
          service_tier: null,
        },
      },
    })
    expect(second).toEqual({ type: 'ping' })
  })

  test.each([
    ['msg_01', 'msg_01'],
    ['resp:1/é', 'msg_resp_1__'],
    ['', 'msg_req_1'],
  ])('with the upstream’s id %j has the id %s', (id, expected) => {
    const wire = renderStream('anthropic-messages', [{ type: 'start', id, model: '' }, finish()])
    expect(wireEvents(wire)[0]).toMatchObject({ message: { id: expected, model: 'model-1' } })
  })

  test('T36 may be empty', async () => {
    expect(await readMessage(render(text(0)))).toMatchObject({ content: [], stop_reason: 'end_turn' })
  })

  test.each([
    [finish(), 'end_turn', null],
    [finish({ stopSequence: 'END' }), 'stop_sequence', null],
    [finish({ reason: 'length' }), 'max_tokens', null],
    [finish({ reason: 'content-filter' }), 'refusal', { type: 'refusal', category: null, explanation: null }],
    [
      finish({ reason: 'content-filter', refusal: 'Not that.' }),
      'refusal',
      { type: 'refusal', category: null, explanation: 'Not that.' },
    ],
  ])('that ends with %j says %s', (end, stop_reason, stop_details) => {
    const last = wireEvents(render(text(0, 'a'), [end])).at(-2)
    const stop_sequence = end.stopSequence ?? null
    expect(last?.delta).toEqual({ stop_reason, stop_sequence, stop_details, container: null })
  })

  test('with a refusal in words is refused', async () => {
    const deltas: Delta[] = [
      { type: 'text-start', index: 0, refusal: true },
      { type: 'text', index: 0, text: 'No.' },
      stop(0),
    ]
    expect(await readMessage(render(deltas))).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal' },
    })
  })

  test('with a call is never merely at its end', async () => {
    expect(await readMessage(render(call(0, 'f', ['{}'])))).toMatchObject({ stop_reason: 'tool_use' })
  })

  test('T17 counts the cache apart from the input, and searches', async () => {
    const counted = { inputUncached: 10, cacheRead: 1000, cacheWrite: 100, output: 50, webSearches: 2 }
    const wire = render(text(0, 'a'), [finish({ usage: counted })])
    expect((await readMessage(wire)).usage).toMatchObject({
      input_tokens: 10,
      cache_read_input_tokens: 1000,
      cache_creation_input_tokens: 100,
      output_tokens: 50,
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
    })
    expect(wireEvents(wire).at(-2)?.usage).not.toHaveProperty('output_tokens_details')
  })
})

test('the AI SDK reads reasoning, text, sources, calls and usage', async () => {
  const wire = render(
    [
      { type: 'thinking-start', index: 0 },
      { type: 'thinking', index: 0, text: 'hm' },
      { type: 'seal', index: 0, seal: { origin: 'openai', value: 'gAAA' } },
      stop(0),
      { type: 'text-start', index: 1 },
      { type: 'text', index: 1, text: 'Hi' },
      { type: 'citation', index: 1, url: 'https://a.example' },
      stop(1),
      ...call(2, 'weather', ['{"a":', '1}']),
    ],
    [finish({ reason: 'tool-calls' })],
  )
  const { parts, errors } = await readWithAiSdk(wire)
  expect(errors).toEqual([])
  expect(parts).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'reasoning-delta', text: 'hm' }),
      expect.objectContaining({ type: 'text-delta', text: 'Hi' }),
      expect.objectContaining({ type: 'tool-call', toolName: 'weather', input: { a: 1 } }),
      expect.objectContaining({ type: 'finish', finishReason: 'tool-calls' }),
    ]),
  )
  expect(parts.at(-1)).toMatchObject({
    totalUsage: { inputTokens: 339, outputTokens: 83 },
  })
})

describe('a stream that fails', () => {
  const broken: Delta[] = [
    { type: 'text-start', index: 0 },
    { type: 'text', index: 0, text: 'a' },
  ]
  const error = (kind: string): Delta => ({ type: 'error', kind, message: 'It is busy.' })

  test.each([
    ['overloaded_error', 'overloaded_error'],
    ['upstream_overloaded', 'overloaded_error'],
    ['rate_limit_exceeded', 'rate_limit_error'],
    ['upstream_stream_truncated', 'api_error'],
    ['toString', 'api_error'],
  ])('T23 T25 with %s says %s, and nothing after it', async (kind, type) => {
    const wire = render(broken, [error(kind), finish()])
    expect(wireEvents(wire).at(-1)).toEqual({
      type: 'error',
      error: { type, message: 'It is busy.', details: { error_code: kind } },
      request_id: 'req_1',
    })
    await expect(readEvents(wire)).rejects.toMatchObject({ type })
    await expect(readMessage(wire)).rejects.toThrow()
  })

  test('T25 by ending too soon does not look finished', async () => {
    const wire = render(broken, [])
    expect(wireEvents(wire).map(({ type }) => type)).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
    ])
    await expect(readMessage(wire)).rejects.toThrow()
  })
})
