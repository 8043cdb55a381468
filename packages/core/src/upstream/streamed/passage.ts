import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'
import type { WireText } from '../../bytes/wire-text.ts'
import { ConnectionError } from '../connection-error.ts'
import type { UpstreamControl, UpstreamReceiver } from '../transport.ts'
import type { StreamedRequest } from './body-transport.ts'

/** One request on its way through a proxy, and its answer on the way back. */
export interface Passage {
  readonly request: StreamedRequest
  readonly control: UpstreamControl
  /** The proxy was given this to answer to; `done` is called when it is over. */
  carry(response: Writable, done: () => void): void
  sent(outgoing: ClientRequest): void
  answered(answer: IncomingMessage): void
  /** Ends it with an error; a request that is over stays as it is. */
  readonly fail: (error: Error) => void
  close(): void
  isOver(): boolean
}

export function createPassage(request: StreamedRequest, receiver: UpstreamReceiver): Passage {
  const { body } = request
  let response: Writable | undefined
  let done = () => {}
  let outgoing: ClientRequest | undefined
  let answer: IncomingMessage | undefined
  let isOver = false

  const finish = (report: () => void) => {
    if (isOver) return
    isOver = true
    done()
    report()
  }
  const fail = (error: Error) => {
    // The proxy closes its side when the response that it was given closes.
    response?.destroy()
    outgoing?.destroy()
    // Read on, into nothing, so that the client gets to see why.
    body.unpipe().resume()
    finish(() => receiver.failed(error))
  }
  const late = () => {
    if (answer?.isPaused()) return
    fail(
      answer
        ? new ConnectionError('body_timeout', 'The answer fell silent.')
        : new ConnectionError('headers_timeout', 'The headers of the answer did not come in time.'),
    )
  }
  const cut = () => fail(new ConnectionError('closed', 'The connection was closed.'))
  body.on('error', fail)
  return {
    request,
    fail,
    close: () => fail(new ConnectionError('closed', 'The gateway is closing.')),
    isOver: () => isOver,
    control: {
      pause: () => void answer?.pause(),
      resume: () => void answer?.resume(),
      wasSent: () => outgoing?.socket?.connecting === false,
      abort: () => fail(new ConnectionError('aborted', 'The gateway closed the connection.')),
    },
    carry(given, over) {
      response = given
      done = over
    },
    sent(given) {
      outgoing = given
      given.setTimeout(request.headersTimeout, late)
    },
    answered(given) {
      answer = given
      outgoing?.setTimeout(request.bodyTimeout, late)
      given.on('data', (chunk: Buffer) => {
        if (!isOver) receiver.data(chunk.toString('latin1') as WireText)
      })
      given.on('end', () => {
        response?.end()
        finish(() => receiver.ended())
      })
      given.on('close', cut)
      given.on('error', fail)
      if (!isOver) receiver.responded(given.statusCode ?? 0, given.headers)
    },
  }
}
