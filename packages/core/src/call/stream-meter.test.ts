import { describe, expect, it } from 'vitest'
import { toWire, type WireText } from '../bytes/wire-text.ts'
import { dialects } from '../dialects/dialects.ts'
import { createStreamMeter } from './stream-meter.ts'

const chat = dialects['openai-chat']
const meterOf = () => createStreamMeter(chat.wire, chat.createUsageReader({}))

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`
const usage = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 5 } })}\n\n`
const done = 'data: [DONE]\n\n'

/** Every so many bytes. */
const cut = (text: WireText, length: number) =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  ) as WireText[]

describe('a stream is read alike', () => {
  it.each([1, 7, 100, 5000, 1_000_000])('in pieces of %d bytes, however much has gathered', (length) => {
    const content = Array.from({ length: 1500 }, (_, at) => chunk(`“word” \\ "${at}"\n`))
    const meter = meterOf()
    for (const piece of cut(toWire(`${content.join('')}${usage}${done}`), length)) meter.append(piece)
    const { usage: read, complete, failed } = meter.finish()
    expect(read?.buckets).toEqual({ text_in: 7, text_out: 5 })
    expect([complete, failed]).toEqual([true, false])
  })

  it('also where thousands run at once, of which each keeps little', () => {
    const content = Array.from({ length: 60 }, (_, at) => toWire(chunk(`word ${at} `.repeat(5))))
    const expected = content
      .join('')
      .match(/word \d+ /g)
      ?.join('').length
    const meters = Array.from({ length: 1000 }, meterOf)
    for (const piece of content) for (const meter of meters) meter.append(piece)
    const readings = meters.map((meter) => meter.finish())
    expect(new Set(readings.map(({ outputBytes }) => outputBytes))).toEqual(new Set([expected]))
    expect(readings.some(({ complete }) => complete)).toBe(false)
  })
})

describe('output that nobody reported', () => {
  it('is counted by the bytes of its text, escapes and all', () => {
    const meter = meterOf()
    meter.append(toWire(`${chunk('é"')}${chunk('')}data: {"choices":[{"delta":{"content" : "abc"}}]}\n\n`))
    expect(meter.finish()).toMatchObject({ usage: undefined, outputBytes: 4 + 3, complete: false })
  })

  it('is counted as far as it came where it breaks off', () => {
    const meter = meterOf()
    meter.append(toWire('data: {"choices":[{"delta":{"content":"abc'))
    expect(meter.finish().outputBytes).toBe(3)
  })
})

it('a single event without end is not kept for ever', () => {
  const meter = meterOf()
  const block = toWire(`data: ${'x'.repeat(1_000_000)}`)
  for (let count = 0; count < 40; count++) meter.append(block)
  meter.append(toWire(`\n\n${usage}${done}`))
  expect(meter.finish()).toMatchObject({ complete: true, usage: { buckets: { text_in: 7 } } })
})
