import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyOf, textOf } from '../bytes/body-bytes.ts'
import { findMember, type JsonMembers, readMember, scanMembers } from './json-members.ts'
import { spliceMembers } from './splice-members.ts'

/** The same bytes, cut at these offsets. */
function cutAt(text: string, offsets: readonly number[]) {
  const bytes = Buffer.from(text)
  const edges = [0, ...offsets.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length]
  return bodyOf(edges.slice(1).map((end, at) => bytes.subarray(edges[at], end)))
}

const everyCut = (text: string) =>
  Array.from({ length: Buffer.byteLength(text) }, (_, at) => cutAt(text, [at]))

const valuesOf = ({ body, spans }: JsonMembers) =>
  [...spans.values()].map(({ name, start, end }) => [name, JSON.parse(textOf(body, start, end))])

const joined = (body: ReturnType<typeof bodyOf>) => Buffer.concat(body.pieces).toString()

const tricky = [
  '{}',
  ' { } ',
  '{"model":"gpt-4o"}',
  '{ "a" : -1.5e+3 , "b" : true,\n"c":null }\r\n',
  '{"a":"quote \\" and backslash \\\\","b":"\\\\\\"","c":"\\\\"}',
  '{"a":[{"b":"]}\\""},[[]],"{"],"c":{"d":{"e":"}"}}}',
  '{"mod\\u0065l":"x","\\"":1,"é":"ü"}',
  `{"long":"${'x'.repeat(100)}\\"${'\\\\'.repeat(40)}","after":1}`,
]

describe('members are found', () => {
  it.each(tricky)('as a parser finds them, however the bytes are cut: %s', (text) => {
    const parsed = Object.entries(JSON.parse(text) as object)
    for (const body of [
      cutAt(text, []),
      ...everyCut(text),
      cutAt(
        text,
        Array.from(text, (_, at) => at),
      ),
    ]) {
      const members = scanMembers(body)
      expect(valuesOf(members)).toEqual(parsed)
      expect(Buffer.from(text).toString('latin1', members.close).trim()).toBe('}')
    }
  })

  it('in any object, cut anywhere', () => {
    const objects = fc.dictionary(
      fc.string({ maxLength: 30 }).filter((name) => name !== '__proto__'),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(objects, fc.array(fc.nat(300)), fc.constantFrom(0, 2), (...[object, cuts, indent]) => {
        const names = Object.keys(object)
        fc.pre(new Set(names.map((name) => name.toLowerCase())).size === names.length)
        const text = JSON.stringify(object, undefined, indent)
        const members = scanMembers(cutAt(text, cuts))
        expect(valuesOf(members)).toEqual(Object.entries(JSON.parse(text) as object))
      }),
    )
  })

  it('by their exact name, while one in other letters stays in the way of a second', () => {
    const members = scanMembers(cutAt('{"Model":"a"}', []))
    expect([findMember(members, 'model'), readMember(members, 'model')]).toEqual([undefined, undefined])
    expect(() => scanMembers(cutAt('{"Model":"a","model":"b"}', [10]))).toThrow('"model" occurs twice')
  })

  it('is refused that has more members than any request, as soon as that is seen', () => {
    const ofMany = (count: number) => `{${Array.from({ length: count }, (_, at) => `"m${at}":0`).join()}}`
    expect(scanMembers(cutAt(ofMany(1024), [])).spans.size).toBe(1024)
    // Nobody reads to the end, where it would be found to be no JSON.
    expect(() => scanMembers(cutAt(`${ofMany(1025)}]`, []))).toThrow('1024 members at most')
  })
})

describe('what is no object is refused', () => {
  const broken = [
    '',
    ' ',
    '[]',
    '"{}"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '{,}',
    '{"a" 1}',
    '{"a":}',
    '{a:1}',
    '{"a":"',
    '{"a":"\\"}',
    '{"a":[}',
    '{"a":[1}',
    '{"a":1}}',
    '{"a":1}{"b":2}',
    '{"a":1 2}',
  ]
  it.each(broken)('however it is cut: %s', (text) => {
    for (const body of [cutAt(text, []), ...everyCut(text)]) {
      expect(() => scanMembers(body)).toThrow('is not a JSON object')
    }
  })

  it('nesting ends at 512 levels', () => {
    const nest = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`
    expect(scanMembers(cutAt(nest(512), [400])).spans.size).toBe(1)
    expect(() => scanMembers(cutAt(nest(513), [400]))).toThrow('deeper than 512')
  })
})

it('a splice changes what it names and not a byte more, wherever the body is cut', () => {
  const text = '{ "big":12345678901234567890, "model" : "gpt-4o" ,"n":1.0}'
  const edits = new Map([
    ['model', '"claude"'],
    ['stream_options', '{"include_usage":true}'],
  ])
  const expected =
    '{ "big":12345678901234567890, "model" : "claude" ,"n":1.0,"stream_options":{"include_usage":true}}'
  for (const body of [cutAt(text, []), ...everyCut(text)]) {
    const spliced = spliceMembers(scanMembers(body), edits)
    expect([joined(spliced), spliced.length]).toEqual([expected, expected.length])
  }
  expect(joined(spliceMembers(scanMembers(cutAt('{}', [1])), new Map([['a', '1']])))).toBe('{"a":1}')
})

it('a body that comes a byte at a time is joined, and cut like any other', () => {
  const text = JSON.stringify({ model: 'a', messages: ['x'.repeat(100_000)] })
  const body = bodyOf(Array.from(Buffer.from(text), (byte) => Buffer.from([byte])))
  expect(body.pieces).toHaveLength(1)
  const spliced = spliceMembers(scanMembers(body), new Map([['model', '"b"']]))
  expect(joined(spliced)).toBe(text.replace('"a"', '"b"'))
})

it.each([
  ['{ "model" : "x" }', '{"v":1}'],
  ['{"model":"x", "a": 1.0 , "b":[2, 3]}', '{"a": 1.0,"b":[2, 3],"v":1}'],
  ['{"a":1,"model":"x","b":"\\u0041"}', '{"a":1,"b":"\\u0041","v":1}'],
  ['{"a":12345678901234567890 ,"model":"x" }', '{"a":12345678901234567890,"v":1}'],
  ['{"v":0,"mod\\u0065l":"x","model2":{"model":1}}', '{"v":1,"model2":{"model":1}}'],
  ['{"a":1}', '{"a":1,"v":1}'],
])('a splice leaves out what it is told to: %s', (given, expected) => {
  const edits = new Map([
    ['model', undefined],
    ['v', '1'],
  ])
  for (let at = 1; at < given.length; at += 1)
    expect(joined(spliceMembers(scanMembers(cutAt(given, [at])), edits))).toBe(expected)
})
