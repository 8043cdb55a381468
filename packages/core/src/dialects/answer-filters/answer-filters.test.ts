import { describe, expect, test } from 'vitest'
import type { Delta } from '../delta.ts'
import { createAnswerFilter } from './answer-filters.ts'

const call = (name: string, pieces: readonly string[]): Delta[] => [
  { type: 'tool-start', index: 0, id: 'c', name },
  ...pieces.map((json): Delta => ({ type: 'tool-arguments', index: 0, json })),
  { type: 'block-stop', index: 0 },
]

function show(deltas: readonly Delta[], filters: Parameters<typeof createAnswerFilter>[0]) {
  const shown = deltas.flatMap(createAnswerFilter(filters))
  const start = shown.find((delta) => delta.type === 'tool-start')
  const text = shown.map((delta) => (delta.type === 'tool-arguments' ? delta.json : '')).join('')
  return { start, text, last: shown.at(-1)?.type }
}

describe('T28 the text of a custom tool', () => {
  const patch = '*** Begin "Patch"\n\\d+ ÷ 😀\t\u0001'
  const json = JSON.stringify({ input: patch })
  const customTools = new Set(['apply_patch'])

  test('is unwrapped wherever its JSON is cut', () => {
    for (let at = 0; at <= json.length; at += 1) {
      const { start, text, last } = show(call('apply_patch', [json.slice(0, at), json.slice(at)]), {
        customTools,
      })
      expect(text).toBe(patch)
      expect(start).toMatchObject({ custom: true })
      expect(last).toBe('block-stop')
    }
    expect(show(call('apply_patch', [...json]), { customTools }).text).toBe(patch)
  })

  test.each([
    ['{"input":"a\nb"}', 'a\nb'],
    [' { "input" : "x" } ', 'x'],
    ['{"other":1,"input":"late"}', 'late'],
    ['{"patch":"p"}', '{"patch":"p"}'],
    ['plain', 'plain'],
    ['{"input":""}', ''],
  ])('is what the model meant in %j', (written, text) => {
    expect(show(call('apply_patch', [written]), { customTools }).text).toBe(text)
  })

  test('leaves other tools alone', () => {
    const { start, text } = show(call('shell', [json]), { customTools })
    expect(text).toBe(json)
    expect(start).not.toHaveProperty('custom')
  })
})

test('T30 calls get the client’s own names of its tools back', () => {
  const toolNames = new Map([['short', 'a_very_long_name']])
  expect(show(call('short', ['{}']), { toolNames }).start).toMatchObject({ name: 'a_very_long_name' })
  expect(show(call('other', ['{}']), { toolNames }).start).toMatchObject({ name: 'other' })
})
