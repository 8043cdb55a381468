import { ApiError, FinishReason, type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { describe, expect, test } from 'vitest'
import {
  answerContext,
  parseStream,
  renderStream,
  translateAnswer,
  translateStream,
} from '../../../../../test/translation/translation.ts'
import { recordedFiles, recording } from '../../../../../test/upstream/wire.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { unpackSeal } from '../seal.ts'
import { renderGeminiAnswer } from './render-answer.ts'
import { geminiWire } from './wire.ts'

/** The official client, given these bytes as the answer to whatever it asks. */
function clientOf(body: string, contentType = 'text/event-stream') {
  const fetch = async () => new Response(body, { headers: { 'content-type': contentType } })
  return new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: 'http://gateway.test', fetch } }).models
}

const question = { model: 'gemini-3-flash', contents: 'Hello' }

async function readStream(wire: string): Promise<GenerateContentResponse[]> {
  const chunks: GenerateContentResponse[] = []
  for await (const chunk of await clientOf(wire).generateContentStream(question)) chunks.push(chunk)
  return chunks
}

const bytesOf = (file: string) => recording(file).events.map((event) => Buffer.from(event))
const parsed = (wire: string) => parseStream('google-gemini', [Buffer.from(wire)])

const start: Delta = { type: 'start', id: 'a1', model: 'm1' }
const finish: Delta = { type: 'finish', reason: 'stop' }
const answerOf = (...deltas: readonly Delta[]) =>
  renderGeminiAnswer([start, ...deltas, finish], answerContext)
const partsOf = (...deltas: readonly Delta[]) => {
  const [candidate] = answerOf(...deltas).candidates as { content: { parts: JsonObject[] } }[]
  return candidate?.content.parts
}
const block = (index: number, text: string): Delta[] => [
  { type: 'text-start', index },
  { type: 'text', index, text },
  { type: 'block-stop', index },
]

describe('the official client reads translated streams', () => {
  const files = recordedFiles().filter(
    (file) => file.startsWith('anthropic/') && !/programmatic|spliced/.test(file),
  )
  test.each(files)('%s', async (file) => {
    const chunks = await readStream(translateStream(['anthropic-messages', 'google-gemini'], bytesOf(file)))
    const last = chunks.at(-1)
    expect(last?.candidates?.[0]?.finishReason).toBeTypeOf('string')
    expect(last?.usageMetadata?.totalTokenCount).toBeTypeOf('number')
    expect(new Set(chunks.map(({ responseId }) => responseId)).size).toBe(1)
    expect(chunks.slice(0, -1).every((chunk) => chunk.candidates?.[0]?.finishReason === undefined)).toBe(true)
  })

  test('T05 T14 text, a call without arguments, usage', async () => {
    const file = 'anthropic/anthropic-tool-no-args.chunks.txt'
    const chunks = await readStream(translateStream(['anthropic-messages', 'google-gemini'], bytesOf(file)))
    const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
    expect(parts.map(({ text }) => text ?? '').join('')).toBe("I'll update the issue list for you.")
    expect(chunks.flatMap(({ functionCalls }) => functionCalls ?? [])).toEqual([
      { id: expect.stringMatching(/^toolu_/), name: 'updateIssueList', args: {} },
    ])
    expect(chunks.at(-1)).toMatchObject({
      modelVersion: 'claude-sonnet-4-5-20250929',
      candidates: [{ finishReason: FinishReason.STOP }],
      usageMetadata: { promptTokenCount: 565, candidatesTokenCount: 48, totalTokenCount: 613 },
    })
  })

  test('a whole answer', async () => {
    const message = {
      id: 'msg_1',
      type: 'message',
      model: 'claude',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'S' },
        { type: 'text', text: 'Hi' },
      ],
      stop_reason: 'max_tokens',
      usage: { input_tokens: 3, cache_read_input_tokens: 7, output_tokens: 2 },
    }
    const body = JSON.stringify(translateAnswer(['anthropic-messages', 'google-gemini'], message))
    const answer = await clientOf(body, 'application/json').generateContent(question)
    expect(answer.text).toBe('Hi')
    expect(answer).toMatchObject({
      responseId: 'msg_1',
      candidates: [{ finishReason: FinishReason.MAX_TOKENS }],
      usageMetadata: { promptTokenCount: 10, cachedContentTokenCount: 7, candidatesTokenCount: 2 },
    })
  })

  test('T25 it throws on the error frames of a broken stream', async () => {
    const error = new GatewayError({ code: 'upstream_stream_truncated', message: 'It broke off.' })
    const begun = renderStream('google-gemini', [start, ...block(0, 'a')])
    const broken = readStream(begun + geminiWire.errorFrame(error, 'req_1', 1))
    await expect(broken).rejects.toThrow(ApiError)
    await expect(broken).rejects.toMatchObject({ status: 502 })
    const overloaded: Delta = { type: 'error', kind: 'overloaded_error', message: 'Overloaded' }
    const failed = readStream(renderStream('google-gemini', [start, overloaded]))
    await expect(failed).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('UNAVAILABLE'),
    })
  })
})

describe('what is rendered is read back', () => {
  test.each(recordedFiles().filter((file) => file.startsWith('google/')))('%s', (file) => {
    const deltas = parseStream('google-gemini', bytesOf(file))
    const [begin, ...rest] = deltas
    const [again, ...others] = parsed(renderStream('google-gemini', deltas))
    expect(others).toEqual(rest)
    expect(again).toMatchObject({ type: 'start', id: (begin as { id: string }).id })
    const whole = JSON.stringify(renderGeminiAnswer(deltas, answerContext))
    expect(parsed(`data: ${whole}\n\n`).slice(1)).toEqual(rest)
  })

  test('T08 T09 seals of other providers come back as they were', () => {
    const seals = [
      { origin: 'google', value: 'Sg==' },
      { origin: 'anthropic', value: 'Eq+/=' },
      { origin: 'openai', value: 'gAAA', id: 'rs_1' },
    ] as const
    for (const seal of seals) {
      const deltas: Delta[] = [
        { type: 'thinking-start', index: 0 },
        { type: 'thinking', index: 0, text: 'hm' },
        { type: 'seal', index: 0, seal },
        { type: 'block-stop', index: 0 },
      ]
      const wire = renderStream('google-gemini', [start, ...deltas, finish])
      expect(parsed(wire).slice(1, -1)).toEqual(deltas)
      const [part] = partsOf(...deltas) ?? []
      expect(part).toMatchObject({ text: 'hm', thought: true })
      const signature = String(part?.thoughtSignature)
      // The member holds bytes: anything else the official client of another language refuses.
      expect(Buffer.from(signature, 'base64').toString('base64')).toBe(signature)
    }
  })
})

describe('parts', () => {
  test('a call is shown whole, with its signature', () => {
    const call = (json: string, more: object = {}): Delta[] => [
      { type: 'tool-start', index: 0, id: 'c1', name: 'f', ...more },
      { type: 'tool-arguments', index: 0, json: json.slice(0, 3) },
      { type: 'tool-arguments', index: 0, json: json.slice(3) },
      { type: 'block-stop', index: 0 },
    ]
    const shown = (args: object) => [{ functionCall: { id: 'c1', name: 'f', args } }]
    expect(partsOf(...call('{"a":1}'))).toEqual(shown({ a: 1 }))
    expect(partsOf(...call('{"a":'))).toEqual(shown({ rawInvalidInput: '{"a":' }))
    expect(partsOf(...call('free text', { custom: true }))).toEqual(shown({ input: 'free text' }))
    const seal = { origin: 'google', value: 'S' }
    expect(partsOf(...call('{}', { seal }))).toEqual([{ ...shown({})[0], thoughtSignature: 'S' }])
  })

  test('hidden thinking is a signature that says so', () => {
    const parts = partsOf(
      { type: 'thinking-start', index: 0, redacted: true },
      { type: 'seal', index: 0, seal: { origin: 'anthropic', value: 'enc' } },
      { type: 'block-stop', index: 0 },
    )
    const signature = Buffer.from(String(parts?.[0]?.thoughtSignature), 'base64').toString()
    expect(parts).toEqual([{ text: ' ', thought: true, thoughtSignature: expect.any(String) }])
    expect(unpackSeal(signature, 'google')).toEqual({ origin: 'anthropic', value: 'enc', redacted: true })
  })

  test('media and what only Gemini knows', () => {
    const executableCode = { code: 'print(1)' }
    const other: Delta = { type: 'opaque', dialect: 'anthropic-messages', value: { type: 'x' } }
    expect(
      partsOf(
        { type: 'media', kind: 'audio', mediaType: 'audio/wav', data: 'AA', transcript: 'hi' },
        { type: 'opaque', dialect: 'google-gemini', value: { executableCode } },
        other,
      ),
    ).toEqual([
      { inlineData: { mimeType: 'audio/wav', data: 'AA' }, audioTranscription: { text: 'hi' } },
      { executableCode },
    ])
  })
})

describe('the end', () => {
  const ended = (more: object) =>
    renderGeminiAnswer([start, { type: 'finish', reason: 'stop', ...more }], answerContext)

  test('why, and in which words', () => {
    expect(ended({ reason: 'content-filter', refusal: 'No.' })).toMatchObject({
      candidates: [{ finishReason: 'SAFETY', finishMessage: 'No.' }],
    })
    expect(ended({ reason: 'tool-calls' })).toMatchObject({ candidates: [{ finishReason: 'STOP' }] })
    expect(ended({ reason: 'length' })).toMatchObject({ candidates: [{ finishReason: 'MAX_TOKENS' }] })
  })

  test('T33 an answer without content has an empty part', () => {
    expect(partsOf()).toEqual([{ text: '' }])
  })

  test('T17 usage in Gemini’s sums', () => {
    const usage = { inputUncached: 10, cacheRead: 1000, cacheWrite: 100, output: 50, reasoning: 20 }
    expect(ended({ usage: { ...usage, audioInput: 4 } }).usageMetadata).toEqual({
      promptTokenCount: 1110,
      cachedContentTokenCount: 1000,
      candidatesTokenCount: 30,
      thoughtsTokenCount: 20,
      totalTokenCount: 1160,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 1106 },
        { modality: 'AUDIO', tokenCount: 4 },
      ],
    })
  })

  test('T18 sources are grounding, placed in bytes of the whole text', () => {
    const body = answerOf(
      ...block(0, 'é '),
      { type: 'text-start', index: 1 },
      { type: 'text', index: 1, text: 'two' },
      { type: 'citation', index: 1, url: 'https://a.example', title: 'A', start: 0, end: 3 },
      { type: 'citation', index: 1, url: 'https://b.example' },
      { type: 'block-stop', index: 1 },
    )
    expect(body).toMatchObject({
      candidates: [
        {
          groundingMetadata: {
            groundingChunks: [
              { web: { uri: 'https://a.example', title: 'A' } },
              { web: { uri: 'https://b.example' } },
            ],
            groundingSupports: [
              { segment: { startIndex: 3, endIndex: 6, text: 'two' }, groundingChunkIndices: [0] },
            ],
          },
        },
      ],
    })
  })

  test('log probabilities', () => {
    const logprobs = [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: [{ token: 'b', logprob: -2 }] }]
    const deltas: Delta[] = [
      { type: 'text-start', index: 0 },
      { type: 'text', index: 0, text: 'a', logprobs },
      { type: 'block-stop', index: 0 },
    ]
    const logprobsResult = {
      chosenCandidates: [{ token: 'a', logProbability: -1 }],
      topCandidates: [{ candidates: [{ token: 'b', logProbability: -2 }] }],
    }
    expect(answerOf(...deltas)).toMatchObject({ candidates: [{ logprobsResult }] })
    expect(renderStream('google-gemini', deltas)).toContain(JSON.stringify(logprobsResult))
  })
})
