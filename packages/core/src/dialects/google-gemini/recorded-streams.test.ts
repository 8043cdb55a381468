import { describe, expect, test } from 'vitest'
import { collectChat } from '../../../../../test/translation/messages-to-chat.ts'
import { parseStream, translateStream } from '../../../../../test/translation/translation.ts'
import { recordedFiles, recordedLines, recording } from '../../../../../test/upstream/wire.ts'
import type { Delta } from '../delta.ts'

const files = recordedFiles().filter((file) => file.startsWith('google/'))
const [noArguments, gemini3] = [
  'google/google-stream-no-args-tool-call.chunks.txt',
  'google/google-tool-call-gemini3.chunks.txt',
] as const

function bytesOf(file: string): Uint8Array[] {
  return recording(file).events.map((event) => Buffer.from(event))
}

const deltasOf = (file: string) => parseStream('google-gemini', bytesOf(file))
const toChat = (pieces: readonly Uint8Array[]) => translateStream(['google-gemini', 'openai-chat'], pieces)

function callsIn(deltas: readonly Delta[]) {
  return deltas
    .filter((delta) => delta.type === 'tool-start')
    .map(({ index, id, name }) => {
      const json = deltas.find((delta) => delta.type === 'tool-arguments' && delta.index === index)
      return [id, name, json?.type === 'tool-arguments' ? json.json : undefined]
    })
}

describe('every recorded Gemini stream', () => {
  test.each(files)('%s is the same however its bytes arrive', (file) => {
    const pieces = bytesOf(file)
    const whole = Buffer.concat(pieces)
    const expected = toChat([whole])
    expect(toChat(pieces)).toBe(expected)
    expect(toChat([...whole].map((byte) => Uint8Array.of(byte)))).toBe(expected)
    expect(toChat([Buffer.from(whole.toString().replaceAll('\n', '\r\n'))])).toBe(expected)
    expect(toChat([whole.subarray(0, -1)])).toBe(expected)
  })

  test.each(files)('P23 T25 %s never looks finished when it is cut', (file) => {
    const pieces = bytesOf(file)
    for (let length = 0; length < pieces.length; length += 1) {
      expect(collectChat(toChat(pieces.slice(0, length)))).toMatchObject({ done: false, finishReasons: [] })
    }
  })

  test.each(files)('%s has blocks without gaps, one open at a time', (file) => {
    const opened: number[] = []
    let open: number | undefined
    for (const delta of deltasOf(file)) {
      if (!('index' in delta)) continue
      if (delta.type.endsWith('-start')) {
        expect(open).toBeUndefined()
        opened.push(delta.index)
        open = delta.index
      }
      expect(delta.index).toBe(open)
      if (delta.type === 'block-stop') open = undefined
    }
    expect(opened).toEqual(opened.map((_, position) => position))
  })
})

describe('recorded answers', () => {
  test('a call with its signature, an empty text, output beside thoughts', () => {
    const deltas = deltasOf(gemini3)
    const { thoughtSignature } = JSON.parse(recordedLines(gemini3)[0] ?? '').candidates[0].content.parts[0]
    expect(thoughtSignature).toHaveLength(5488)
    expect(deltas).toMatchObject([
      { type: 'start', id: 'QHiLaa6LBrb8vdIPoNztsAg', model: 'gemini-3-pro-preview' },
      { type: 'tool-start', index: 0, name: 'weather', seal: { origin: 'google', value: thoughtSignature } },
      { type: 'tool-arguments', index: 0, json: '{"location":"San Francisco"}' },
      { type: 'block-stop', index: 0 },
      { type: 'finish', reason: 'tool-calls' },
    ])
    expect(deltas.at(-1)).toHaveProperty('usage', {
      inputUncached: 29,
      cacheRead: 0,
      cacheWrite: 0,
      output: 819,
      reasoning: 804,
    })
  })

  test('thoughts, a call without arguments, and calls whose arguments come value by value', () => {
    const deltas = deltasOf(noArguments)
    expect(deltas[1]).toEqual({ type: 'thinking-start', index: 0 })
    const id = (count: number) => `call__vr4aYiWEJnYodAPkujX0QM_${count}`
    expect(callsIn(deltas)).toEqual([
      [id(0), 'read_theme', '{}'],
      [id(1), 'read_screen', '{"id":"A"}'],
      [id(2), 'read_screen', '{"id":"B"}'],
      [id(3), 'read_screen', '{"id":"C"}'],
    ])
    expect(deltas.at(-1)).toMatchObject({
      reason: 'tool-calls',
      usage: { inputUncached: 249, output: 241, reasoning: 183 },
    })
  })

  test('T05 T07 a Chat client reads both', () => {
    const answer = collectChat(toChat(bytesOf(noArguments)))
    expect(answer.reasoning).toMatch(/^\*\*Processing User Requests\*\*/)
    expect(answer.content).toBe('')
    expect(answer.toolCalls.map((call) => call.function.arguments)).toEqual([
      '{}',
      '{"id":"A"}',
      '{"id":"B"}',
      '{"id":"C"}',
    ])
    expect(answer.finishReasons).toEqual(['tool_calls'])
    expect(answer.usage).toMatchObject({ prompt_tokens: 249, completion_tokens: 241, total_tokens: 490 })
    expect(collectChat(toChat(bytesOf(gemini3))).usage).toMatchObject({
      prompt_tokens: 29,
      completion_tokens: 819,
      total_tokens: 848,
      completion_tokens_details: { reasoning_tokens: 804 },
    })
  })
})
