import { EventStreamCodec } from '@smithy/eventstream-codec'
import { type StreamAnswer, type StreamOptions, stream } from './answer.ts'

/** AWS's own codec. */
export const awsCodec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text),
)

/** One event of a Converse stream: its name and what it says. */
export type AwsEvent = readonly [name: string, data: object]

/** An event in AWS's binary framing; one whose name ends in `Exception` is sent as such. */
export function encodeEvent([name, data]: AwsEvent): Uint8Array {
  const isException = name.endsWith('Exception')
  const text = (value: string) => ({ type: 'string', value }) as const
  return awsCodec.encode({
    headers: {
      [isException ? ':exception-type' : ':event-type']: text(name),
      ':content-type': text('application/json'),
      ':message-type': text(isException ? 'exception' : 'event'),
    },
    body: Buffer.from(JSON.stringify(data)),
  })
}

/** A stream as Bedrock sends it. */
export function awsStream(events: readonly AwsEvent[], options: StreamOptions = {}): StreamAnswer {
  const headers = { 'content-type': 'application/vnd.amazon.eventstream', ...options.headers }
  return stream(events.map(encodeEvent), { ...options, headers })
}
