import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { collectDeltas } from '../../../../../test/translation/collect-deltas.ts'
import { answerContext, parseStream, renderStream } from '../../../../../test/translation/translation.ts'
import type { Delta } from '../delta.ts'
import { parseChatAnswer } from './parse-answer.ts'
import { renderChatAnswer } from './render-answer.ts'

const token = (name: string) => ({ token: name, logprob: -1, bytes: [65], top_logprobs: [] })
const start: Delta = { type: 'start', id: 'c-1', model: 'm' }
const usage = {
  inputUncached: 3,
  cacheRead: 2,
  cacheWrite: 1,
  output: 9,
  reasoning: 4,
  audioInput: 1,
  audioOutput: 5,
}
const finish: Delta = { type: 'finish', reason: 'tool-calls', usage, serviceTier: 'flex' }

/** All that a Chat answer can say. */
const everything: readonly Delta[] = [
  start,
  { type: 'thinking-start', index: 0 },
  { type: 'thinking', index: 0, text: 'hm' },
  { type: 'seal', index: 0, seal: { origin: 'anthropic', value: 'S' } },
  { type: 'block-stop', index: 0 },
  { type: 'thinking-start', index: 1, redacted: true },
  { type: 'seal', index: 1, seal: { origin: 'openai', value: 'D', id: 'rs_1' } },
  { type: 'block-stop', index: 1 },
  { type: 'text-start', index: 2 },
  { type: 'text', index: 2, text: 'Hi', logprobs: [token('Hi')] },
  { type: 'text', index: 2, text: ' there' },
  { type: 'citation', index: 2, url: 'https://a.example', title: 'A', start: 1, end: 3 },
  { type: 'block-stop', index: 2 },
  { type: 'tool-start', index: 3, id: 'a', name: 'f', seal: { origin: 'google', value: 'G' } },
  { type: 'tool-arguments', index: 3, json: '{"a":' },
  { type: 'tool-arguments', index: 3, json: '1}' },
  { type: 'block-stop', index: 3 },
  { type: 'tool-start', index: 4, id: 'b', name: 'p', custom: true },
  { type: 'tool-arguments', index: 4, json: '*** "x"' },
  { type: 'block-stop', index: 4 },
  { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' },
  { type: 'media', kind: 'audio', mediaType: 'audio/pcm', data: 'AAA=', transcript: 'a' },
  { type: 'media', kind: 'audio', mediaType: 'audio/pcm', data: 'AAA=', transcript: 'b' },
  finish,
]

const sdk = (body: string, type: string) =>
  new OpenAI({
    apiKey: 'k',
    fetch: async () => new Response(body, { headers: { 'content-type': type } }),
  }).chat.completions

describe('everything that an answer can say', () => {
  test('comes back out of its stream', () => {
    const wire = renderStream('openai-chat', everything)
    expect(parseStream('openai-chat', [Buffer.from(wire)])).toEqual(everything)
  })

  test('comes back out of its whole answer', () => {
    const answer = renderChatAnswer(everything, answerContext)
    const { blocks, media, finish: end } = collectDeltas(parseChatAnswer(answer) ?? [])
    const expected = collectDeltas(everything).blocks
    expect(blocks.map(({ type, text, start: first }) => ({ type, text, first }))).toEqual(
      expected.map(({ type, text, start: first }) => ({ type, text, first })),
    )
    expect(media).toMatchObject([{ kind: 'audio', data: 'AAAAAA==', transcript: 'ab' }, { kind: 'image' }])
    expect(end).toEqual(finish)
    expect(answer).toMatchObject({
      service_tier: 'flex',
      choices: [{ logprobs: { content: [token('Hi')], refusal: null } }],
      usage: {
        prompt_tokens: 6,
        prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 1, audio_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 4, audio_tokens: 5 },
      },
    })
  })

  test('is read by the official client, streamed or whole', async () => {
    const wire = renderStream('openai-chat', everything)
    const streamed = await sdk(wire, 'text/event-stream')
      .stream({ model: 'm', messages: [] })
      .finalChatCompletion()
    const json = JSON.stringify(renderChatAnswer(everything, answerContext))
    const whole = await sdk(json, 'application/json').create({ model: 'm', messages: [] })
    const calls = [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
      { id: 'b', type: 'custom', custom: { name: 'p', input: '*** "x"' } },
    ]
    for (const { choices, usage: counted } of [streamed, whole]) {
      expect(choices[0]?.message.content).toBe('Hi there')
      expect(choices[0]?.finish_reason).toBe('tool_calls')
      expect(counted?.total_tokens).toBe(15)
    }
    expect(whole.choices[0]?.message.tool_calls).toMatchObject(calls)
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'f' } })
  })
})

describe('a refusal', () => {
  const refused: readonly Delta[] = [
    start,
    { type: 'text-start', index: 0, refusal: true },
    { type: 'text', index: 0, text: 'No', logprobs: [token('No')] },
    { type: 'block-stop', index: 0 },
    { type: 'finish', reason: 'stop' },
  ]

  test('has its own member, and its own log probabilities', () => {
    const wire = renderStream('openai-chat', refused)
    expect(parseStream('openai-chat', [Buffer.from(wire)])).toEqual(refused)
    expect(renderChatAnswer(refused, answerContext)).toMatchObject({
      choices: [
        {
          message: { content: null, refusal: 'No' },
          logprobs: { content: null, refusal: [token('No')] },
        },
      ],
    })
  })
})

test('tiers are told in OpenAI’s words', () => {
  const wire = renderStream('openai-chat', [
    start,
    { type: 'finish', reason: 'stop', serviceTier: 'standard' },
  ])
  expect(wire).toContain('"service_tier":"default"')
})

test('what other dialects alone know is not shown', () => {
  const opaque: Delta = { type: 'opaque', dialect: 'anthropic-messages', value: { type: 'compaction' } }
  const wire = renderStream('openai-chat', [start, opaque, { type: 'finish', reason: 'stop' }])
  expect(wire).not.toContain('compaction')
})

test('pictures by address come back as they were', () => {
  const opaque: Delta = {
    type: 'opaque',
    dialect: 'openai-chat',
    value: { type: 'image_url', index: 0, image_url: { url: 'https://a.example/b.png' } },
  }
  const deltas: readonly Delta[] = [start, opaque, { type: 'finish', reason: 'stop' }]
  expect(parseStream('openai-chat', [Buffer.from(renderStream('openai-chat', deltas))])).toEqual(deltas)
})
