import { describe, expect, test } from 'vitest'
import { type AwsEvent, awsCodec, encodeEvent } from '../../../../../test/upstream/aws-events.ts'
import { fromWire, type WireText } from '../../bytes/wire-text.ts'
import { createEventDecoder } from './event-decoder.ts'

const events: readonly AwsEvent[] = [
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { delta: { text: 'Grüße\n🌍' }, contentBlockIndex: 0 }],
  ['throttlingException', { message: 'Slow down.' }],
]
const bytes = Buffer.concat(events.map(encodeEvent))
const wire = (data: Uint8Array) => Buffer.from(data).toString('latin1') as WireText
const expected = events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('')

function decode(pieces: readonly Uint8Array[]) {
  const decoder = createEventDecoder()
  const text = fromWire(pieces.map((piece) => decoder.push(wire(piece))).join(''))
  return { text, fault: decoder.fault(), isWhole: decoder.isWhole() }
}

describe('messages of the binary framing', () => {
  test('become events of their names, as the codec of AWS wrote them', () => {
    expect(decode([bytes])).toEqual({ text: expected, fault: undefined, isWhole: true })
  })

  test('come whole however they are cut', () => {
    expect(decode([...bytes].map((byte) => Uint8Array.of(byte))).text).toBe(expected)
    for (let at = 0; at <= bytes.length; at += 1)
      expect(decode([bytes.subarray(0, at), bytes.subarray(at)]).text).toBe(expected)
  })

  test('may have headers of every type', () => {
    const body = Buffer.from('{}')
    const headers = {
      flag: { type: 'boolean', value: true },
      small: { type: 'byte', value: 1 },
      short: { type: 'short', value: 2 },
      int: { type: 'integer', value: 3 },
      bytes: { type: 'binary', value: Buffer.from('abc') },
      at: { type: 'timestamp', value: new Date(0) },
      id: { type: 'uuid', value: '00000000-0000-0000-0000-000000000001' },
      ':message-type': { type: 'string', value: 'event' },
      ':event-type': { type: 'string', value: 'x' },
    } as const
    expect(decode([awsCodec.encode({ headers, body })]).text).toBe('event: x\ndata: {}\n\n')
  })

  test('that are errors without a shape are told by their headers', () => {
    const text = (value: string) => ({ type: 'string', value }) as const
    const headers = {
      ':message-type': text('error'),
      ':error-code': text('InternalServer\nError'),
      ':error-message': text('Über'),
    }
    expect(decode([awsCodec.encode({ headers, body: Buffer.alloc(0) })]).text).toBe(
      'event: InternalServerErrorException\ndata: {"message":"Über"}\n\n',
    )
  })

  test('cannot break out of their event', () => {
    const headers = {
      ':message-type': { type: 'string', value: 'event' },
      ':event-type': { type: 'string', value: 'x' },
    } as const
    const body = Buffer.from('{\n"a":\r\n1}')
    expect(decode([awsCodec.encode({ headers, body })]).text).toBe('event: x\ndata: { "a":  1}\n\n')
  })

  test('that are cut are not whole', () => {
    const ends = events.map((_, index) => Buffer.concat(events.slice(0, index + 1).map(encodeEvent)).length)
    for (let at = 1; at <= bytes.length; at += 1)
      expect(decode([bytes.subarray(0, at)]).isWhole).toBe(ends.includes(at))
  })

  test('are not believed with a wrong bit anywhere, and those before them are', () => {
    const [first = new Uint8Array(), second = new Uint8Array()] = events.map(encodeEvent)
    for (let at = 0; at < second.length; at += 1) {
      const broken = Buffer.from(second)
      broken[at] = (broken[at] ?? 0) ^ 1
      const { text, fault } = decode([Buffer.concat([first, broken, first])])
      expect(fault).toMatchObject({ code: 'malformed' })
      expect(text).toBe(decode([first]).text)
    }
  })
})
