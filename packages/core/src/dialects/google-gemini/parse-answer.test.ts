import { describe, expect, test } from 'vitest'
import { collectChat } from '../../../../../test/translation/messages-to-chat.ts'
import { parseStream, translateAnswer, translateStream } from '../../../../../test/translation/translation.ts'
import type { JsonObject } from '../json.ts'
import { parseGeminiAnswer } from './parse-answer.ts'

const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 }

function answer(parts: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  const candidate = { content: { role: 'model', parts }, finishReason: 'STOP', index: 0, ...more }
  return { candidates: [candidate], usageMetadata, modelVersion: 'gemini-3-flash', responseId: 'r1' }
}

const frame = (chunks: readonly JsonObject[]) =>
  chunks.map((chunk) => Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`))
const stream = (...chunks: readonly JsonObject[]) => parseStream('google-gemini', frame(chunks))
const parse = (parts: readonly JsonObject[], more?: JsonObject) =>
  parseGeminiAnswer(answer(parts, more)) ?? []
const piece = (...parts: readonly JsonObject[]): JsonObject => ({ candidates: [{ content: { parts } }] })
const finishOf = (finishReason: string, more: JsonObject = {}) =>
  parse([], { finishReason, ...more }).find((delta) => delta.type === 'finish')
const argumentsOf = (...pieces: readonly JsonObject[]) =>
  stream(...pieces.map((functionCall) => piece({ functionCall })))
    .filter((delta) => delta.type === 'tool-arguments')
    .map(({ json }) => json)

describe('a whole answer', () => {
  test('has the deltas of its stream', () => {
    const parts = [
      { text: 'hm', thought: true, thoughtSignature: 'T' },
      { text: 'Hi', thoughtSignature: 'S' },
      { functionCall: { id: 'c1', name: 'f', args: { a: 1 } }, thoughtSignature: 'C' },
    ]
    expect(parse(parts)).toEqual([
      { type: 'start', id: 'r1', model: 'gemini-3-flash', usage: expect.objectContaining({ output: 2 }) },
      { type: 'thinking-start', index: 0 },
      { type: 'thinking', index: 0, text: 'hm' },
      { type: 'seal', index: 0, seal: { origin: 'google', value: 'T' } },
      { type: 'block-stop', index: 0 },
      { type: 'text-start', index: 1 },
      { type: 'text', index: 1, text: 'Hi' },
      { type: 'seal', index: 1, seal: { origin: 'google', value: 'S' } },
      { type: 'block-stop', index: 1 },
      { type: 'tool-start', index: 2, id: 'c1', name: 'f', seal: { origin: 'google', value: 'C' } },
      { type: 'tool-arguments', index: 2, json: '{"a":1}' },
      { type: 'block-stop', index: 2 },
      { type: 'finish', reason: 'tool-calls', usage: expect.objectContaining({ inputUncached: 3 }) },
    ])
    expect(parseGeminiAnswer({ choices: [] })).toBeUndefined()
  })

  test('reaches a Chat client', () => {
    const body = translateAnswer(['google-gemini', 'openai-chat'], answer([{ text: 'Hi' }]))
    expect(body).toMatchObject({
      id: 'r1',
      model: 'gemini-3-flash',
      choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 2 },
    })
  })
})

describe('a stream', () => {
  test('a signature on an empty text belongs to the text before it; what follows is another block', () => {
    const deltas = stream(
      piece({ text: 'a' }),
      piece({ text: 'b' }),
      piece({ text: '', thoughtSignature: 'S' }),
      piece({ text: 'c' }),
    )
    expect(deltas.slice(1)).toEqual([
      { type: 'text-start', index: 0 },
      { type: 'text', index: 0, text: 'a' },
      { type: 'text', index: 0, text: 'b' },
      { type: 'seal', index: 0, seal: { origin: 'google', value: 'S' } },
      { type: 'block-stop', index: 0 },
      { type: 'text-start', index: 1 },
      { type: 'text', index: 1, text: 'c' },
    ])
  })

  test('usage may come after the reason for the end, or never', () => {
    const last = { candidates: [{ finishReason: 'STOP' }] }
    expect(stream(last, { usageMetadata }).at(-1)).toMatchObject({ type: 'finish', usage: { output: 2 } })
    expect(stream(last).at(-1)).toEqual({ type: 'finish', reason: 'stop' })
    expect(stream(answer([]), answer([{ text: 'late' }])).at(-1)).toMatchObject({ type: 'finish' })
  })

  test('only the first of several candidates is the answer', () => {
    const other = { content: { parts: [{ text: 'other' }] }, index: 1, finishReason: 'STOP' }
    const deltas = stream({ candidates: [other] }, answer([{ text: 'mine' }]))
    expect(deltas.filter(({ type }) => type === 'text')).toEqual([{ type: 'text', index: 0, text: 'mine' }])
  })

  test('T23 an error in mid-stream is an error; the operator’s own trouble is not told', () => {
    const unavailable = { error: { code: 503, message: 'Overloaded.', status: 'UNAVAILABLE' } }
    expect(stream(piece({ text: 'a' }), unavailable, answer([])).at(-1)).toEqual({
      type: 'error',
      kind: 'UNAVAILABLE',
      message: 'Overloaded.',
    })
    const denied = { error: { code: 403, message: 'key AIza1', status: 'PERMISSION_DENIED' } }
    expect(JSON.stringify(stream(denied))).not.toContain('AIza1')
    const wire = translateStream(['google-gemini', 'openai-chat'], frame([piece({ text: 'a' }), unavailable]))
    expect(collectChat(wire)).toMatchObject({ content: 'a', error: { code: 'UNAVAILABLE' }, done: false })
  })

  test('an event that cannot be read ends it', () => {
    expect(parseStream('google-gemini', [Buffer.from('data: {"a\n\ndata: {"candidates":[]}\n\n')])).toEqual([
      expect.objectContaining({ type: 'error', kind: 'upstream_error' }),
    ])
  })
})

describe('arguments that come value by value', () => {
  test('nested, in lists, of every kind, with quoted names', () => {
    const [json] = argumentsOf(
      { name: 'f', willContinue: true },
      {
        partialArgs: [
          { jsonPath: '$.a.b[0].c', stringValue: 'x', willContinue: true },
          { jsonPath: '$.a.b[0].c', stringValue: 'y' },
          { jsonPath: '$.a.b[1].c', boolValue: false },
        ],
        willContinue: true,
      },
      { partialArgs: [{ jsonPath: "$['odd name']", numberValue: 0 }], willContinue: true },
      { partialArgs: [{ jsonPath: '$.none', nullValue: 'NULL_VALUE' }] },
    )
    expect(JSON.parse(json ?? '')).toEqual({
      a: { b: [{ c: 'xy' }, { c: false }] },
      'odd name': 0,
      none: null,
    })
  })

  test('paths that nobody would write do no harm', () => {
    const partialArgs = [
      { jsonPath: '$.list[4000000000]', numberValue: 1 },
      { jsonPath: '$.__proto__.polluted', boolValue: true },
      { jsonPath: `$${'.a'.repeat(200)}`, boolValue: true },
      { jsonPath: '$..', boolValue: true },
      { jsonPath: 7, boolValue: true },
      null,
    ]
    const [json] = argumentsOf({ name: 'f', partialArgs })
    expect(json).toBe('{"list":[1],"__proto__":{"polluted":true}}')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('a call that another part interrupts is whole as far as it came', () => {
    expect(
      argumentsOf({ name: 'f', args: { a: 1 }, willContinue: true }, { name: 'g', args: { b: 2 } }),
    ).toEqual(['{"a":1}', '{"b":2}'])
    expect(argumentsOf({}, { partialArgs: [{ jsonPath: '$.a', numberValue: 1 }] })).toEqual([])
  })
})

describe('why it ended', () => {
  test.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['PROHIBITED_CONTENT', 'content-filter'],
    ['BLOCKLIST', 'content-filter'],
    ['SPII', 'content-filter'],
    ['IMAGE_SAFETY', 'content-filter'],
    ['LANGUAGE', 'content-filter'],
    ['OTHER', 'stop'],
    ['SOMETHING_NEW', 'stop'],
  ])('%s is %s', (word, reason) => {
    expect(finishOf(word)).toMatchObject({ reason })
    expect(finishOf(word)).not.toHaveProperty('refusal')
  })

  test('a call that cannot be read is told, in Google’s words where there are some', () => {
    expect(finishOf('MALFORMED_FUNCTION_CALL')).toMatchObject({
      reason: 'stop',
      refusal: 'The model wrote a tool call that cannot be read.',
    })
    expect(finishOf('UNEXPECTED_TOOL_CALL', { finishMessage: 'No such tool: g' })).toMatchObject({
      refusal: 'No such tool: g',
    })
  })

  test('T33 a prompt that was blocked has no candidates', () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 4 } }
    expect(parseGeminiAnswer(blocked)?.at(-1)).toMatchObject({
      type: 'finish',
      reason: 'content-filter',
      refusal: 'The prompt was blocked: SAFETY.',
      usage: { inputUncached: 4, output: 0 },
    })
  })
})

describe('what is more than text', () => {
  test('pictures and sound are media, what only Gemini knows is opaque', () => {
    const executableCode = { language: 'PYTHON', code: 'print(1)' }
    const deltas = parse([
      { text: 'Look:' },
      { inlineData: { mimeType: 'image/png', data: 'AAA' } },
      { inlineData: { mimeType: 'audio/L16;rate=24000', data: 'BBB' }, audioTranscription: { text: 'hi' } },
      { executableCode },
    ])
    expect(deltas.slice(3, -1)).toEqual([
      { type: 'block-stop', index: 0 },
      { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAA' },
      { type: 'media', kind: 'audio', mediaType: 'audio/L16;rate=24000', data: 'BBB', transcript: 'hi' },
      { type: 'opaque', dialect: 'google-gemini', value: { executableCode } },
    ])
  })

  test('T18 sources are citations of the text, whose places are counted in bytes', () => {
    const groundingMetadata = {
      webSearchQueries: ['q'],
      groundingChunks: [
        { web: { uri: 'https://a.example', title: 'A' } },
        { web: { uri: 'https://b.example' } },
      ],
      groundingSupports: [
        { segment: { startIndex: 3, endIndex: 6, text: 'two' }, groundingChunkIndices: [0, 1, 7] },
        { segment: { startIndex: 90, endIndex: 95, text: 'three' }, groundingChunkIndices: [1] },
      ],
    }
    const deltas = parse([{ text: 'é two three' }], { groundingMetadata })
    expect(deltas.filter(({ type }) => type === 'citation')).toEqual([
      { type: 'citation', index: 0, url: 'https://a.example', title: 'A', start: 2, end: 5 },
      { type: 'citation', index: 0, url: 'https://b.example', start: 2, end: 5 },
      { type: 'citation', index: 0, url: 'https://b.example', start: 6, end: 11 },
    ])
    expect(deltas.at(-1)).toMatchObject({ usage: { webSearches: 1 } })
  })

  test('log probabilities are told as OpenAI tells them', () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'é', logProbability: -0.1, tokenId: 5 }],
      topCandidates: [{ candidates: [{ token: 'e', logProbability: -2 }] }],
    }
    const [text] = parse([{ text: 'é' }], { logprobsResult }).filter(({ type }) => type === 'text')
    expect(text).toHaveProperty('logprobs', [
      {
        token: 'é',
        logprob: -0.1,
        bytes: [195, 169],
        top_logprobs: [{ token: 'e', logprob: -2, bytes: [101] }],
      },
    ])
  })
})
