import type { BodyBytes } from '../bytes/body-bytes.ts'
import type { WireText } from '../bytes/wire-text.ts'

/** Lower-case names; a repeated header is a list. */
export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>

export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE'
  /** Scheme, host and port: `https://api.openai.com`. */
  readonly origin: string
  /** Path and query: `/v1/chat/completions`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: BodyBytes | undefined
  /** Milliseconds until a new connection must be made. @default 10_000 */
  readonly connectTimeout?: number
  /** Milliseconds until the answer's headers must be there; 0 waits for ever. */
  readonly headersTimeout: number
  /** Milliseconds of silence within the body; 0 waits for ever. */
  readonly bodyTimeout: number
}

/** The live connection, as the receiver of its bytes may steer it. */
export interface UpstreamControl {
  pause(): void
  resume(): void
  /** Closes the connection at once. No further event follows but `failed`. */
  abort(): void
  /** The request has gone out, so that the other side may have begun to work on it. */
  wasSent(): boolean
}

/**
 * Receives one answer. `opened` comes first, as soon as the request is on its way and can be aborted, then
 * `responded`, any number of `data`, and exactly one of `ended` and `failed`.
 */
export interface UpstreamReceiver {
  opened(control: UpstreamControl): void
  responded(status: number, headers: HeaderMap): void
  data(chunk: WireText): void
  ended(): void
  failed(error: Error): void
}

/** Carries requests to providers: sockets, or a provider inside this process. */
export interface Transport {
  dispatch(request: UpstreamRequest, receiver: UpstreamReceiver): void
  close(): Promise<void>
}
