import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StreamEvent } from './dialect.ts'
import { createEventSplitter, formatEvent } from './sse.ts'

function split(text: string, cuts: readonly number[] = []): StreamEvent[] {
  const bytes = new TextEncoder().encode(text)
  const splitter = createEventSplitter()
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  const events = edges.flatMap((edge, index) => splitter.push(bytes.subarray(edge, edges[index + 1] ?? edge)))
  return [...events, ...splitter.end()]
}

describe('createEventSplitter', () => {
  test.each([
    ['LF', 'event: a\ndata: 1\n\ndata: 2\n\n'],
    ['CRLF', 'event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n'],
    ['CR', 'event: a\rdata: 1\r\rdata: 2\r\r'],
    ['a missing last blank line', 'event: a\ndata: 1\n\ndata: 2'],
    ['T38 no space after the colon', 'event:a\ndata:1\n\ndata:2\n\n'],
    ['comments and other fields', ': hi\nid: 7\nretry: 1\nevent: a\ndata: 1\n\n: ping\n\ndata: 2\n\n'],
    ['a byte order mark', '\uFEFFevent: a\ndata: 1\n\ndata: 2\n\n'],
  ])('reads a stream with %s, also byte by byte', (_, text) => {
    const expected = [
      { event: 'a', data: '1' },
      { event: undefined, data: '2' },
    ]
    expect(split(text)).toEqual(expected)
    expect(split(text, [...Array(text.length + 3).keys()])).toEqual(expected)
  })

  test('T38 joins several data lines and keeps empty data', () => {
    expect(split('data: {"a":\ndata:  1}\n\ndata\n\n')).toEqual([
      { event: undefined, data: '{"a":\n 1}' },
      { event: undefined, data: '' },
    ])
  })

  test('T37 is indifferent to where bytes are cut, inside a character or between CR and LF', () => {
    const text = fc.stringMatching(/^[a-z÷€😀 :]{0,12}$/u)
    const frames = fc.array(
      fc.record({ event: fc.option(text), data: text, end: fc.constantFrom('\n', '\r\n') }),
    )
    fc.assert(
      fc.property(frames, fc.array(fc.nat()), (list, cuts) => {
        const stream = list
          .map(
            ({ event, data, end }) =>
              `${event === null ? '' : `event: ${event}${end}`}data: ${data}${end}${end}`,
          )
          .join('')
        expect(split(stream, cuts)).toEqual(
          list.map(({ event, data }) => ({ event: event ?? undefined, data })),
        )
      }),
    )
  })

  test('stays linear on one long line that comes in small pieces', () => {
    const splitter = createEventSplitter()
    const piece = new TextEncoder().encode('x'.repeat(64))
    splitter.push(new TextEncoder().encode('data: '))
    for (let count = 0; count < 50_000; count += 1) splitter.push(piece)
    expect(splitter.end()[0]?.data).toHaveLength(3_200_000)
  })
})

test('formatEvent and the splitter agree', () => {
  expect(split(formatEvent({ a: 'x\ny' }, 'note') + formatEvent([1]))).toEqual([
    { event: 'note', data: '{"a":"x\\ny"}' },
    { event: undefined, data: '[1]' },
  ])
})
