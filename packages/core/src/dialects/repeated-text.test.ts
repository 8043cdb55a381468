import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordedFiles, recordedLines } from '../../../../test/upstream/wire.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import type { Delta } from './delta.ts'
import { dialects } from './dialects.ts'
import { createRepeatedText } from './repeated-text.ts'

const event = (text: string, more = 'x') =>
  `{"i":0,"text":${JSON.stringify(text)},"pad":"${more}","n":${more.length}}`
const textDelta = (text: string) => ({ type: 'text', index: 3, text }) as const

function learnt(data = event('a'), text = 'a') {
  const repeated = createRepeatedText({ before: /"text":$/, changing: /(?<="pad":")[^"\\]*|(?<="n":)\d+/ })
  repeated.learn(data, [textDelta(text)])
  return repeated
}

describe('an event that is the last one but for its text', () => {
  test.each(['b', 'a', ' more', '“é”', 'x\ny', 'a\\n'])('is read: %j', (text) => {
    expect(learnt().read(event(text))).toEqual(textDelta(text))
  })

  test('is read also where values change that say nothing', () => {
    expect(learnt().read(event('b', 'padding'))).toEqual(textDelta('b'))
    expect(learnt(event('a', '')).read(event('b', 'padding'))).toEqual(textDelta('b'))
  })
})

describe('an event has to be parsed', () => {
  test.each([
    ['before anything is known', undefined, event('b')],
    ['with another beginning', event('a'), event('b').replace('"i":0', '"i":1')],
    ['with another end', event('a'), event('b').replace('}', ',"z":1}')],
    ['that goes on behind the same end', event('a'), `${event('b')}}`],
    ['that stops before its end', event('a'), event('b').slice(0, -4)],
    ['with a count that is no whole number', event('a'), event('b').replace('"n":1', '"n":1.5')],
    ['whose text is no string', event('a'), event('b').replace('"b"', 'null')],
    ['whose text is empty', event('a'), event('')],
    ['whose text ends in an escaped quote', event('a'), event('b"')],
    ['whose text ends in a backslash', event('a'), event('b\\')],
    ['that does not tell where its text is', '{"text":"a","text":"a"}', '{"text":"a","text":"b"}'],
    ['whose text is another member', '{"role":"a"}', '{"role":"b"}'],
  ])('%s', (_, known, data) => {
    const repeated = known === undefined ? createRepeatedText({ before: /"text":$/ }) : learnt(known)
    expect(repeated.read(data)).toBeUndefined()
  })

  test.each<[string, readonly Delta[]]>([
    ['nothing', []],
    ['more than text', [textDelta('a'), { type: 'block-stop', index: 3 }]],
    ['text with log probabilities', [{ ...textDelta('a'), logprobs: [{}] }]],
    ['thinking', [{ type: 'thinking', index: 3, text: 'a' }]],
  ])('behind one that said %s', (_, deltas) => {
    const repeated = learnt()
    repeated.learn(event('a'), deltas)
    expect(repeated.read(event('b'))).toBeUndefined()
  })

  test('in a stream that never repeats itself', () => {
    const repeated = createRepeatedText({ before: /"text":$/ })
    const learn = () => repeated.learn(event('a'), [textDelta('a')])
    for (let count = 0; count < 4; count += 1) learn()
    expect(repeated.read(event('b'))).toEqual(textDelta('b'))
    for (let count = 0; count < 5; count += 1) learn()
    expect(repeated.read(event('b'))).toBeUndefined()
  })
})

/** The deltas of a stream; no event is like the one before it where every second is written differently. */
function parse(id: DialectId, list: readonly string[], isSpoilt: boolean): readonly Delta[] {
  const parser = dialects[id].createStreamParser?.()
  const deltas = list.flatMap(
    (data, at) =>
      parser?.push({
        event: undefined,
        data: isSpoilt && at % 2 === 0 && data.startsWith('{') ? ` ${data}` : data,
      }) ?? [],
  )
  return [...deltas, ...(parser?.end?.() ?? [])]
}

const chat = (content: string, at: number) =>
  JSON.stringify({
    id: 'c',
    choices: [{ index: at % 7 === 6 ? 1 : 0, delta: { content }, finish_reason: null }],
    obfuscation: 'x'.repeat(at % 3),
  })
const messages = (text: string) =>
  JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
const messagesStart = [
  { type: 'message_start', message: { id: 'm', model: 'm', content: [], usage: { input_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
].map((data) => JSON.stringify(data))
const responses = (delta: string, at: number) =>
  JSON.stringify({
    type: 'response.output_text.delta',
    item_id: 'i',
    output_index: 0,
    content_index: at % 5 === 4 ? 1 : 0,
    delta,
    logprobs: [],
    obfuscation: 'x'.repeat(at % 3),
    sequence_number: at,
  })
const gemini = (text: string, at: number) =>
  JSON.stringify({
    candidates: [{ content: { parts: [{ text, ...(at % 6 === 5 && { thought: true }) }] }, index: 0 }],
    usageMetadata: { promptTokenCount: 7, candidatesTokenCount: at + 1, totalTokenCount: at + 8 },
  })

interface Sample {
  readonly opening?: readonly string[]
  write(text: string, at: number): string
  readonly end: string
}

describe('a stream says the same, however alike its events are', () => {
  test.each<[DialectId, Sample]>([
    ['openai-chat', { write: chat, end: '[DONE]' }],
    ['anthropic-messages', { opening: messagesStart, write: messages, end: '{"type":"message_stop"}' }],
    ['openai-responses', { write: responses, end: '{"type":"response.completed","response":{"output":[]}}' }],
    ['google-gemini', { write: gemini, end: '{"candidates":[{"finishReason":"STOP"}]}' }],
  ])('%s, with texts of any kind', (id, { opening = [], write, end }) => {
    const text = fc.oneof(fc.constantFrom('a', ' b', 'text', 'content', '\\', '"', '\n'), fc.string())
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const list = [...opening, ...texts.map(write), end]
        expect(parse(id, list, false)).toEqual(parse(id, list, true))
      }),
    )
  })

  test.each(recordedFiles())('%s', (file) => {
    const list = recordedLines(file).map((line) => line.replace(/^data: /, ''))
    for (const id of Object.keys(dialects) as DialectId[])
      expect(parse(id, list, false)).toEqual(parse(id, list, true))
  })
})

test('Gemini: the counts of the last event are shown where the end has none', () => {
  const list = [0, 1, 2, 3].map((at) => gemini(`word ${at}`, at))
  const deltas = parse('google-gemini', [...list, '{"candidates":[{"finishReason":"STOP"}]}'], false)
  expect(deltas.at(-1)).toMatchObject({ type: 'finish', usage: { inputUncached: 7, output: 4 } })
})
