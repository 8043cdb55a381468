import type { Readable } from 'node:stream'
import type { UpstreamReceiver, UpstreamRequest } from '../transport.ts'

/** A request whose body is sent as it comes. */
export interface StreamedRequest extends Omit<UpstreamRequest, 'body'> {
  readonly body: Readable
}

/** Carries requests whose bodies nobody keeps: they can be sent once. */
export interface BodyTransport {
  dispatch(request: StreamedRequest, receiver: UpstreamReceiver): void
  close(): Promise<void>
}
