import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CollectedAnswer,
  collectDeltas,
  outline,
} from '../../../../../test/translation/collect-deltas.ts'
import { parseStream } from '../../../../../test/translation/translation.ts'
import { recordedFiles, recording } from '../../../../../test/upstream/wire.ts'

const files = recordedFiles().filter((file) => recording(file).dialect === 'openai-chat')

function bytesOf(file: string): Uint8Array[] {
  return recording(file).events.map((event) => Buffer.from(event))
}

function read(name: string): CollectedAnswer {
  const file = files.find((path) => path.includes(name)) ?? name
  return collectDeltas(parseStream('openai-chat', bytesOf(file)))
}

describe('every recorded Chat Completions stream', () => {
  test('is here', () => {
    expect(files).toHaveLength(9)
  })

  test.each(files)('P27 T37 %s is the same however its bytes arrive', (file) => {
    const pieces = bytesOf(file)
    const whole = Buffer.concat(pieces)
    const expected = parseStream('openai-chat', [whole])
    expect(expected.length).toBeGreaterThan(3)
    expect(parseStream('openai-chat', pieces)).toEqual(expected)
    const returns = Buffer.from(whole.toString().replaceAll('\n', '\r\n'))
    expect(parseStream('openai-chat', [returns])).toEqual(expected)
    const bytes = Array.from(whole, (_, at) => whole.subarray(at, at + 1))
    expect(parseStream('openai-chat', bytes)).toEqual(expected)
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), whole.length]
        const parts = edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge))
        expect(parseStream('openai-chat', parts)).toEqual(expected)
      }),
      { numRuns: 5 },
    )
  })

  test.each(files)('P23 T25 %s looks finished only behind its finish reason', (file) => {
    const pieces = bytesOf(file)
    const whole = parseStream('openai-chat', pieces)
    const finished = pieces.findIndex((piece) => /"finish_reason": ?"/.test(Buffer.from(piece).toString()))
    for (let length = 0; length <= finished; length += 1) {
      const cut = parseStream('openai-chat', pieces.slice(0, length))
      expect(whole.slice(0, cut.length)).toEqual(cut)
      expect(collectDeltas(cut).finish).toBeUndefined()
    }
    for (let length = finished + 1; length < pieces.length; length += 1) {
      const { finish } = collectDeltas(parseStream('openai-chat', pieces.slice(0, length)))
      expect(finish?.reason).toBe(collectDeltas(whole).finish?.reason)
    }
  })
})

describe('recorded answers', () => {
  test('T07 DeepSeek reasons, then calls', () => {
    const answer = read('deepseek-tool-call')
    expect(answer.blocks.map(({ type }) => type)).toEqual(['thinking', 'tool'])
    expect(outline(answer)[1]).toBe('tool weather {"location": "San Francisco"}')
    expect(answer.blocks[0]?.deltas.some(({ type }) => type === 'seal')).toBe(false)
    expect(answer.finish).toMatchObject({
      reason: 'tool-calls',
      usage: { inputUncached: 19, cacheRead: 320, output: 83, reasoning: 39 },
    })
  })

  test('DeepSeek reasons, then answers', () => {
    const { blocks, finish } = read('deepseek-reasoning')
    expect(blocks.map(({ type, text }) => [type, text.length])).toEqual([
      ['thinking', 606],
      ['text', 42],
    ])
    expect(finish).toMatchObject({ reason: 'stop', usage: { output: 219, reasoning: 205 } })
  })

  test('T04 T22 xAI leaves reasoning out of the completion', () => {
    const answer = read('xai-tool-call')
    expect(answer.blocks.map(({ type }) => type)).toEqual(['thinking', 'tool'])
    expect(outline(answer)[1]).toBe('tool weather {"location":"San Francisco"}')
    expect(answer.blocks[1]?.deltas).toHaveLength(1)
    expect(answer.finish?.usage).toMatchObject({ cacheRead: 306, output: 253, reasoning: 227 })
  })

  test('T04 Groq, whose usage comes twice', () => {
    const answer = read('groq-tool-call')
    expect(outline(answer)).toEqual(['tool weather {}'])
    expect(answer.finish).toMatchObject({ reason: 'tool-calls', usage: { inputUncached: 210, output: 15 } })
  })

  test('Mistral, whose later names are empty', () => {
    const answer = read('mistral')
    expect(outline(answer)).toEqual(['tool webSearchTool {"query": "current Berlin weather"}'])
    expect(answer.finish?.usage).toMatchObject({ inputUncached: 43, cacheRead: 128, output: 14 })
  })

  test('Alibaba, whose later ids are empty', () => {
    const answer = read('alibaba')
    expect(outline(answer)).toEqual(['tool weather {"location": "San Francisco"}'])
    expect(answer.blocks[0]?.start).toMatchObject({ id: 'call_eee11723464a4b9eb8cee71d' })
    expect(answer.finish?.usage).toMatchObject({ inputUncached: 295, output: 22 })
  })

  test('T21 Azure, whose first chunk names nothing', () => {
    const answer = read('azure-model-router')
    expect(answer.start).toMatchObject({
      id: 'chatcmpl-CYPS1lijGoK8gd9lYzY3r9Sx50nbt',
      model: 'gpt-5-nano-2025-08-07',
    })
    expect(outline(answer)).toEqual(['text Capital of Denmark.'])
    expect(answer.finish?.usage).toMatchObject({ inputUncached: 15, output: 78, reasoning: 64 })
  })

  test('a call whose index is 1, and no usage', () => {
    const answer = read('anthropic-fallback-tool-call')
    expect(outline(answer)).toEqual(['text Reading it.', 'tool read_file {"path": "a.txt"}'])
    expect(answer.finish).toEqual({ type: 'finish', reason: 'tool-calls' })
  })

  test('OpenAI', () => {
    const { blocks, finish } = read('openai-text')
    expect(blocks.map(({ type }) => type)).toEqual(['text'])
    expect(finish).toMatchObject({
      reason: 'stop',
      serviceTier: 'default',
      usage: { inputUncached: 16, output: 300 },
    })
  })
})
