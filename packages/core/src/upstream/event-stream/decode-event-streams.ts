import { ConnectionError } from '../connection-error.ts'
import type { Transport, UpstreamControl, UpstreamReceiver } from '../transport.ts'
import { createEventDecoder, type EventDecoder } from './event-decoder.ts'

const contentType = 'application/vnd.amazon.eventstream'

/** A transport whose binary event streams come out as server-sent events; all else passes as it is. */
export function decodeEventStreams(transport: Transport): Transport {
  return {
    dispatch: (request, receiver) => transport.dispatch(request, decoding(receiver)),
    close: () => transport.close(),
  }
}

function decoding(receiver: UpstreamReceiver): UpstreamReceiver {
  let control: UpstreamControl | undefined
  let decoder: EventDecoder | undefined
  const broken = () => new ConnectionError('closed', 'The event stream ended within an event.')
  return {
    opened(opened) {
      control = opened
      receiver.opened(opened)
    },
    responded(status, headers) {
      const isBinary = String(headers['content-type']).startsWith(contentType)
      if (isBinary) decoder = createEventDecoder()
      receiver.responded(status, isBinary ? { ...headers, 'content-type': 'text/event-stream' } : headers)
    },
    data(chunk) {
      if (!decoder) return receiver.data(chunk)
      const events = decoder.push(chunk)
      if (events !== '') receiver.data(events)
      // Comes back as `failed`, as every broken connection does.
      if (decoder.fault()) control?.abort()
    },
    ended: () => (decoder?.isWhole() === false ? receiver.failed(broken()) : receiver.ended()),
    failed: (error) => receiver.failed(decoder?.fault() ?? error),
  }
}
