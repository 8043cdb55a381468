import { expect, test } from 'vitest'
import { createMemberTap } from './member-tap.ts'

const names = new Set(['usage', 'error'])

const cases: readonly (readonly [string, string, object])[] = [
  ['a body', '{"data":[{"usage":1}],"usage":{"a":[1,{"b":"}"}]},"x":2}', { usage: { a: [1, { b: '}' }] } }],
  ['a member at the end', '{"x":"usage","usage":{"a":1}}', { usage: { a: 1 } }],
  ['escapes', '{"x":"\\"usage\\":{\\\\","usage":{"a":"\\"\\\\"}}', { usage: { a: '"\\' } }],
  ['null, text and numbers', '{"usage":null,"error":"no"}', { usage: null, error: 'no' }],
  ['no object', '[{"usage":{"a":1}}]', {}],
  [
    'events, of which the last counts',
    'event: a\ndata: {"usage":{"a":1}}\n\n: say "hello\n\ndata: {"b64":"AA","usage":{"a":2}}\n\ndata: [DONE]\n\n',
    { usage: { a: 2 } },
  ],
]

test.each(cases)('%s, in chunks of every size', (_name, text, expected) => {
  for (let size = 1; size <= text.length; size += 1) {
    const tap = createMemberTap(names)
    for (let at = 0; at < text.length; at += size) tap.push(text.slice(at, at + size))
    expect(tap.found).toEqual(expected)
  }
})

test('nothing is kept of what is not looked for, nor of what is too long', () => {
  const tap = createMemberTap(names)
  tap.push('{"usage":"')
  for (let chunk = 0; chunk < 100; chunk += 1) tap.push('x'.repeat(10_000))
  tap.push('","error":{"a":1}}')
  expect(tap.found).toEqual({ error: { a: 1 } })
})
