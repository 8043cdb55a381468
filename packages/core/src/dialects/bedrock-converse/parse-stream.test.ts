import { describe, expect, test } from 'vitest'
import { parseStream, translateAnswer, translateStream } from '../../../../../test/translation/translation.ts'
import { type AwsEvent, encodeEvent } from '../../../../../test/upstream/aws-events.ts'
import type { WireText } from '../../bytes/wire-text.ts'
import { createEventDecoder } from '../../upstream/event-stream/event-decoder.ts'
import type { Delta } from '../delta.ts'
import { dialects } from '../dialects.ts'
import { packSeal } from '../seal.ts'
import { createEventSplitter } from '../sse.ts'

/** The events as the transport hands them on. */
function wireOf(events: readonly AwsEvent[]): Buffer {
  const decoder = createEventDecoder()
  const binary = Buffer.concat(events.map(encodeEvent)).toString('latin1')
  return Buffer.from(decoder.push(binary as WireText), 'latin1')
}

const parse = (events: readonly AwsEvent[]) => parseStream('bedrock-converse', [wireOf(events)])
const delta = (contentBlockIndex: number, piece: object): AwsEvent => [
  'contentBlockDelta',
  { delta: piece, contentBlockIndex, p: 'abc' },
]
const stop = (contentBlockIndex: number): AwsEvent => ['contentBlockStop', { contentBlockIndex }]
const reasoning = (index: number, piece: object) => delta(index, { reasoningContent: piece })
const started: AwsEvent = ['messageStart', { role: 'assistant' }]
const stopped = (stopReason: string, more: object = {}): AwsEvent => ['messageStop', { stopReason, ...more }]
const usage = {
  inputTokens: 10,
  outputTokens: 20,
  totalTokens: 130,
  cacheReadInputTokens: 70,
  cacheWriteInputTokens: 30,
  cacheDetails: [
    { ttl: '1h', inputTokens: 20 },
    { ttl: '5m', inputTokens: 10 },
  ],
}
const metadata: AwsEvent = [
  'metadata',
  { usage, metrics: { latencyMs: 5 }, serviceTier: { type: 'priority' } },
]

const whole: readonly AwsEvent[] = [
  started,
  reasoning(0, { text: 'Let me ' }),
  reasoning(0, { text: 'see.' }),
  reasoning(0, { signature: 'sig' }),
  stop(0),
  reasoning(1, { redactedContent: 'ZW5j' }),
  stop(1),
  delta(2, { text: 'Grüße ' }),
  delta(2, { text: '🌍' }),
  stop(2),
  ['contentBlockStart', { start: { toolUse: { toolUseId: 't1', name: 'weather' } }, contentBlockIndex: 3 }],
  delta(3, { toolUse: { input: '{"city":' } }),
  delta(3, { toolUse: { input: '"Rome"}' } }),
  stop(3),
  ['contentBlockStart', { start: { toolUse: { toolUseId: 't2', name: 'now' } }, contentBlockIndex: 4 }],
  stop(4),
  stopped('tool_use'),
  metadata,
]

const shown = { inputUncached: 10, cacheRead: 70, cacheWrite: 30, output: 20, cacheWriteLong: 20 }
const deltas: readonly Delta[] = [
  { type: 'start', id: '', model: '' },
  { type: 'thinking-start', index: 0 },
  { type: 'thinking', index: 0, text: 'Let me ' },
  { type: 'thinking', index: 0, text: 'see.' },
  { type: 'seal', index: 0, seal: { origin: 'anthropic', value: 'sig' } },
  { type: 'block-stop', index: 0 },
  { type: 'thinking-start', index: 1, redacted: true },
  { type: 'seal', index: 1, seal: { origin: 'anthropic', value: 'ZW5j' } },
  { type: 'block-stop', index: 1 },
  { type: 'text-start', index: 2 },
  { type: 'text', index: 2, text: 'Grüße ' },
  { type: 'text', index: 2, text: '🌍' },
  { type: 'block-stop', index: 2 },
  { type: 'tool-start', index: 3, id: 't1', name: 'weather' },
  { type: 'tool-arguments', index: 3, json: '{"city":' },
  { type: 'tool-arguments', index: 3, json: '"Rome"}' },
  { type: 'block-stop', index: 3 },
  { type: 'tool-start', index: 4, id: 't2', name: 'now' },
  { type: 'tool-arguments', index: 4, json: '{}' },
  { type: 'block-stop', index: 4 },
  { type: 'finish', reason: 'tool-calls', usage: shown, serviceTier: 'priority' },
]

describe('a Converse stream', () => {
  test('becomes deltas: reasoning with its seal, text, calls, and a finish with the usage behind it', () => {
    expect(parse(whole)).toEqual(deltas)
  })

  test('is the same however it is cut', () => {
    const bytes = [...wireOf(whole)].map((byte) => Uint8Array.of(byte))
    expect(parseStream('bedrock-converse', bytes)).toEqual(deltas)
  })

  test('that breaks off has no finish; one that said why it stopped has one without usage', () => {
    for (let count = 0; count < whole.length - 2; count += 1)
      expect(parse(whole.slice(0, count)).some(({ type }) => type === 'finish')).toBe(false)
    expect(parse(whole.slice(0, -1)).at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' })
  })

  test('may leave out where a block stops', () => {
    const events = whole.filter(([name]) => name !== 'contentBlockStop')
    expect(parse(events)).toEqual(deltas)
  })

  test.each([
    ['throttlingException', 'rate_limit_error'],
    ['modelStreamErrorException', 'upstream_error'],
    ['internalServerException', 'upstream_error'],
    ['serviceUnavailableException', 'overloaded_error'],
  ])('that fails in the middle says so and has no finish: %s', (name, kind) => {
    const failed = parse([...whole.slice(0, 3), [name, { message: 'Sorry.' }], ...whole.slice(3)])
    expect(failed.at(-1)).toEqual({ type: 'error', kind, message: 'Sorry.' })
  })

  test.each([
    ['end_turn', { reason: 'stop' }],
    ['max_tokens', { reason: 'length' }],
    ['model_context_window_exceeded', { reason: 'length' }],
    ['guardrail_intervened', { reason: 'content-filter' }],
    ['content_filtered', { reason: 'content-filter' }],
    [
      'malformed_tool_use',
      { reason: 'content-filter', refusal: 'The model wrote a tool call that cannot be read.' },
    ],
    ['something_new', { reason: 'stop' }],
  ])('ends for the reason %s', (reason, ending) => {
    expect(parse([started, stopped(reason)]).at(-1)).toMatchObject(ending)
  })

  test('names the stop sequence where the model did', () => {
    const last = stopped('stop_sequence', { additionalModelResponseFields: { stop_sequence: 'END' } })
    expect(parse([started, last, metadata]).at(-1)).toMatchObject({ reason: 'stop', stopSequence: 'END' })
  })

  test('passes odd shapes over', () => {
    const odd: AwsEvent[] = [
      started,
      ['contentBlockStart', {}],
      ['contentBlockStart', { start: { image: { format: 'png' } }, contentBlockIndex: 0 }],
      delta(0, { toolUse: { input: '{}' } }),
      delta(0, { text: 5 }),
      ['contentBlockDelta', { delta: null }],
      ['somethingNew', { a: 1 }],
      stopped('end_turn'),
    ]
    expect(parse(odd)).toEqual([
      { type: 'start', id: '', model: '' },
      { type: 'finish', reason: 'stop' },
    ])
  })
})

describe('the wire', () => {
  const { wire } = dialects['bedrock-converse']
  const eventsOf = (events: readonly AwsEvent[]) => createEventSplitter().push(wireOf(events))

  test('commits on an answer and refuses with a failure, as a status', () => {
    expect(eventsOf([started]).map(wire.opening)).toEqual(['commit'])
    expect(eventsOf([['throttlingException', { message: 'Slow down.' }]]).map(wire.opening)).toEqual([
      { error: { type: 'throttlingException', message: 'Slow down.', code: 429 } },
    ])
  })

  test('is complete when the answer has said why it stopped', () => {
    const complete = eventsOf(whole).map(wire.isTerminal)
    expect(complete.indexOf(true)).toBe(whole.length - 2)
  })
})

describe('a whole answer', () => {
  const body = {
    output: {
      message: {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Let me see.', signature: 'sig' } } },
          { reasoningContent: { redactedContent: 'ZW5j' } },
          { text: 'Grüße 🌍' },
          { toolUse: { toolUseId: 't1', name: 'weather', input: { city: 'Rome' } } },
          { toolUse: { toolUseId: 't2', name: 'now', input: {} } },
        ],
      },
    },
    stopReason: 'tool_use',
    usage,
    metrics: { latencyMs: 5 },
    serviceTier: { type: 'priority' },
  }

  test('has the deltas of its stream', () => {
    const tool = (id: string, name: string, index: number): AwsEvent => [
      'contentBlockStart',
      { start: { toolUse: { toolUseId: id, name } }, contentBlockIndex: index },
    ]
    const streamed = parse([
      started,
      reasoning(0, { text: 'Let me see.', signature: 'sig' }),
      reasoning(1, { redactedContent: 'ZW5j' }),
      delta(2, { text: 'Grüße 🌍' }),
      tool('t1', 'weather', 3),
      delta(3, { toolUse: { input: '{"city":"Rome"}' } }),
      tool('t2', 'now', 4),
      stopped('tool_use'),
      metadata,
    ])
    expect(dialects['bedrock-converse'].parseAnswer?.(body)).toEqual(streamed)
  })

  test.each([
    ['openai-chat', 'sig'],
    ['anthropic-messages', 'sig'],
    ['openai-responses', packSeal({ origin: 'anthropic', value: 'sig' }, 'openai')],
  ] as const)('is told to clients of %s, streamed too', (client, seal) => {
    const answer = JSON.stringify(translateAnswer(['bedrock-converse', client], body))
    const streamed = translateStream(['bedrock-converse', client], [wireOf(whole)])
    for (const said of ['Grüße 🌍', 'weather', 'Rome', seal]) expect(answer).toContain(said)
    for (const said of ['Grüße ', 'weather', 'Rome', seal]) expect(streamed).toContain(said)
  })

  test('that is none is no answer', () => {
    expect(dialects['bedrock-converse'].parseAnswer?.({ message: 'no' })).toBeUndefined()
    expect(
      dialects['bedrock-converse'].parseAnswer?.({ output: { message: { content: 'x' } } }),
    ).toBeUndefined()
  })
})
