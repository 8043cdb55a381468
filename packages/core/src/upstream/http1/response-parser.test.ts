import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createResponseParser } from './response-parser.ts'

interface Read {
  readonly statuses: number[]
  readonly headers: unknown[]
  readonly bodies: string[]
  ended: number
}

/** Feeds the pieces from memory that is wiped behind each, as a socket's is. */
function read(pieces: readonly Buffer[], { finish = false } = {}): Read {
  const seen: Read = { statuses: [], headers: [], bodies: [], ended: 0 }
  const parser = createResponseParser({
    head({ status, headers }) {
      seen.statuses.push(status)
      seen.headers.push(headers)
      seen.bodies.push('')
    },
    data(chunk) {
      seen.bodies[seen.bodies.length - 1] += chunk
    },
    end: () => void seen.ended++,
  })
  for (const piece of pieces) {
    const memory = Buffer.from(piece)
    for (let at = 0; at < memory.length; ) at += parser.push(memory.subarray(at))
    memory.fill('#')
  }
  if (finish) parser.finish()
  return seen
}

const wire = (...lines: readonly string[]) => Buffer.from(lines.join('\r\n'), 'latin1')
const bytesOf = (whole: Buffer) => Array.from(whole, (_, at) => whole.subarray(at, at + 1))

const lengthed = wire('HTTP/1.1 200 OK', 'Content-Type: text/plain', 'content-length: 5', '', 'hello')
const chunked = wire(
  'HTTP/1.1 200 OK',
  'transfer-encoding: Chunked',
  '',
  '3;name="a;b"',
  'hel',
  '02 ',
  'lo',
  '0',
  'trailer: yes',
  '',
  '',
)
const informed = wire('HTTP/1.1 103 Early Hints', 'link: </a>', '', 'HTTP/1.1 204 No Content', 'x: 1', '', '')

describe('however the bytes are cut', () => {
  const samples = [
    ['a length', lengthed, ['hello']],
    ['chunks', chunked, ['hello']],
    ['an announcement first, no body', informed, ['']],
    ['two answers', Buffer.concat([chunked, lengthed]), ['hello', 'hello']],
  ] as const

  it.each(samples)('%s: byte by byte, and in every two pieces', (_, whole, bodies) => {
    expect(read([whole]).bodies).toEqual(bodies)
    expect(read(bytesOf(whole))).toEqual(read([whole]))
    for (let at = 1; at < whole.length; at++) {
      expect(read([whole.subarray(0, at), whole.subarray(at)])).toEqual(read([whole]))
    }
    expect(read([whole]).ended).toBe(bodies.length)
  })

  it('any chunks in any reads are the same content', () => {
    const cases = fc.record({
      content: fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 12 }),
      cuts: fc.array(fc.nat(400), { maxLength: 12 }),
    })
    fc.assert(
      fc.property(cases, ({ content, cuts }) => {
        const framed = content.flatMap((chunk) => [
          Buffer.from(`${chunk.length.toString(16)}\r\n`),
          Buffer.from(chunk),
          Buffer.from('\r\n'),
        ])
        const head = wire('HTTP/1.1 200 ', 'transfer-encoding: chunked', '', '')
        const whole = Buffer.concat([head, ...framed, Buffer.from('0\r\n\r\n')])
        const edges = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length]
        const pieces = edges.slice(1).map((end, at) => whole.subarray(edges[at], end))
        const { bodies, ended } = read(pieces)
        expect(bodies).toEqual([Buffer.concat(content).toString('latin1')])
        expect(ended).toBe(1)
      }),
    )
  })
})

describe('the end of a body', () => {
  it('is the end of the connection where nothing else says it', () => {
    const { bodies, ended } = read([wire('HTTP/1.1 200 OK', '', 'abc'), Buffer.from('def')], { finish: true })
    expect([bodies, ended]).toEqual([['abcdef'], 1])
  })

  it.each([
    ['a length', lengthed.subarray(0, -1)],
    ['chunks', chunked.subarray(0, -1)],
    ['a head', lengthed.subarray(0, 30)],
    ['nothing', Buffer.alloc(0)],
  ])('comes too early in %s', (_, cut) => {
    expect(() => read([cut], { finish: true })).toThrow('before the answer was complete')
  })

  it('is where the chunks end, whatever length stands beside them', () => {
    const both = wire(
      'HTTP/1.1 200 OK',
      'content-length: 2',
      'transfer-encoding: chunked',
      '',
      '3',
      'abc',
      '0',
      '',
      '',
    )
    expect(read([both]).bodies).toEqual(['abc'])
  })
})

describe('headers', () => {
  it('are in lower case and without the space around them; repeated ones are lists', () => {
    const sent = wire(
      'HTTP/1.1 200 OK',
      'Set-Cookie: a',
      'set-cookie:b',
      'X-Empty:',
      '__proto__: x',
      'constructor: y',
      'content-length:0',
      '',
      '',
    )
    const [headers] = read([sent]).headers
    expect(headers).toEqual({
      'set-cookie': ['a', 'b'],
      'x-empty': '',
      constructor: 'y',
      'content-length': '0',
    })
  })

  it('without a body end the answer at once', () => {
    expect(read([wire('HTTP/1.1 304 Not Modified', 'content-length: 12', '', '')]).ended).toBe(1)
  })
})

describe('what is not HTTP/1.1 is refused', () => {
  it.each([
    ['another protocol', wire('SSH-2.0-OpenSSH', '', '')],
    ['version 2', wire('HTTP/2 200', '', '')],
    ['a status of two digits', wire('HTTP/1.1 20 OK', '', '')],
    ['a switch of protocols', wire('HTTP/1.1 101 Switching', 'upgrade: x', '', '')],
    ['a header without a colon', wire('HTTP/1.1 200 OK', 'broken', '', '')],
    ['a space before the colon', wire('HTTP/1.1 200 OK', 'content-length : 3', '', 'abc')],
    ['a folded header', wire('HTTP/1.1 200 OK', 'a: b', ' c: d', '', '')],
    ['a bare line feed', Buffer.from('HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n')],
    ['a bare carriage return', Buffer.from('HTTP/1.1 200 OK\r\na: b\rc: d\r\n\r\n')],
    ['a zero byte', Buffer.from('HTTP/1.1 200 OK\r\na: b\0\r\n\r\n')],
    ['two lengths that differ', wire('HTTP/1.1 200 OK', 'content-length: 3', 'content-length: 4', '', 'abc')],
    ['a length with a sign', wire('HTTP/1.1 200 OK', 'content-length: +3', '', 'abc')],
    ['another transfer encoding', wire('HTTP/1.1 200 OK', 'transfer-encoding: gzip, chunked', '', '')],
    ['chunks in version 1.0', wire('HTTP/1.0 200 OK', 'transfer-encoding: chunked', '', '')],
    ['a chunk without a size', wire('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', ';x', '')],
    ['a chunk size in other digits', wire('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '0x3', '')],
    ['a chunk of 2^60', wire('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '1000000000000000', '')],
    [
      'a chunk that is longer than its size',
      wire('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '2', 'abc', ''),
    ],
    ['a head without end', Buffer.alloc(70_000, 'HTTP/1.1 200 OK\r\na: b\r\n')],
    [
      'an extension without end',
      Buffer.concat([
        wire('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '1;'),
        Buffer.alloc(70_000, 'x'),
      ]),
    ],
  ])('%s', (_, sent) => {
    expect(() => read([sent])).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it('two lengths that agree are one', () => {
    expect(read([wire('HTTP/1.1 200 OK', 'content-length: 3, 3', '', 'abc')]).bodies).toEqual(['abc'])
  })
})
