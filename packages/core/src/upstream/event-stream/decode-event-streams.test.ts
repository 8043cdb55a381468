import { afterEach, describe, expect, test } from 'vitest'
import { type Answer, json } from '../../../../../test/upstream/answer.ts'
import { type AwsEvent, awsStream, encodeEvent } from '../../../../../test/upstream/aws-events.ts'
import { startUpstream, type Upstream } from '../../../../../test/upstream/upstream.ts'
import { fromWire } from '../../bytes/wire-text.ts'
import { createHttpTransport } from '../http-transport.ts'
import type { HeaderMap } from '../transport.ts'
import { decodeEventStreams } from './decode-event-streams.ts'

let upstream: Upstream
const transport = decodeEventStreams(createHttpTransport())
afterEach(() => upstream.close())

/** What the receiver of an answer is told. */
async function receive(answer: Answer) {
  upstream = await startUpstream(answer)
  let text = ''
  let headers: HeaderMap = {}
  const ending = await new Promise<unknown>((resolve) => {
    const request = { method: 'POST', origin: upstream.url, path: '/', headers: {}, body: undefined } as const
    transport.dispatch(
      { ...request, headersTimeout: 0, bodyTimeout: 0 },
      {
        opened() {},
        responded(_, received) {
          headers = received
        },
        data(chunk) {
          text += fromWire(chunk)
        },
        ended: () => resolve('ended'),
        failed: resolve,
      },
    )
  })
  return { text, type: headers['content-type'], ending }
}

const events: readonly AwsEvent[] = [
  ['messageStart', { role: 'assistant' }],
  ['messageStop', { stopReason: 'end_turn' }],
]
const expected = events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
const bytes = (...pieces: readonly Uint8Array[]) => ({ ...awsStream([]), events: pieces })
const [first, second] = events.map(encodeEvent) as [Uint8Array, Uint8Array]

describe('a binary event stream', () => {
  test('comes as server-sent events', async () => {
    expect(await receive(awsStream(events))).toEqual({
      text: expected.join(''),
      type: 'text/event-stream',
      ending: 'ended',
    })
  })

  test('that ends within an event is cut', async () => {
    const { text, ending } = await receive(bytes(first, second.subarray(0, -1)))
    expect([text, ending]).toEqual([expected[0], expect.objectContaining({ code: 'closed' })])
  })

  test('that is damaged is malformed from there on', async () => {
    const { text, ending } = await receive(bytes(first, new Uint8Array(64), second))
    expect([text, ending]).toEqual([expected[0], expect.objectContaining({ code: 'malformed' })])
  })
})

test('any other answer passes as it is', async () => {
  const { text, type, ending } = await receive(json(200, { a: 1 }))
  expect([text, type, ending]).toEqual(['{"a":1}', 'application/json', 'ended'])
})
