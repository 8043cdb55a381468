import type { Readable } from 'node:stream'
import type { BodyBytes } from '../bytes/body-bytes.ts'
import type { WireText } from '../bytes/wire-text.ts'
import type { HeaderMap } from '../upstream/transport.ts'

/** The client's body: not read yet, or already consumed by a parser that the host has mounted. */
export type ExchangeBody =
  | {
      readonly kind: 'stream'
      /** Reads it whole, once. Rejects with `request_too_large` above `limit` bytes. */
      read(limit: number): Promise<BodyBytes>
      /** The bytes as they come, for those who keep none of them; once, and in place of `read`. */
      open(): Readable
    }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'parsed'; readonly value: unknown }

/** Where the answer goes. */
export interface Sink {
  /** Sends status and headers. At most once. */
  start(status: number, headers: Readonly<Record<string, string>>): void
  /** False when the client reads slower than we write; `onDrain` tells when to go on. */
  write(bytes: WireText): boolean
  onDrain(listener: () => void): void
  end(bytes?: WireText): void
  /** Breaks the connection: the only honest end once headers are out and no frame can say it. */
  fail(): void
}

/**
 * One request as the core sees it, whatever framework carried it. Adapters make it; nothing else in the
 * core knows a framework.
 */
export interface Exchange {
  readonly method: string
  /** Path below the mount, without query: `/v1/chat/completions`. */
  readonly path: string
  /** The query with its `?`, or ''. */
  readonly search: string
  /** Lower-case names. */
  readonly headers: HeaderMap
  readonly body: ExchangeBody
  readonly sink: Sink
  /**
   * Address of the client as the host knows it, behind proxies that it trusts; undefined where there is none. Asked
   * only where it matters.
   */
  remoteAddress(): string | undefined
  /** The framework's own request object, for the host's `authenticate`. */
  readonly source: unknown
  /**
   * True once the client has gone before its answer was complete. A method: a getter in an object literal
   * gives every object a shape of its own, and that shape keeps the whole request alive until the next full
   * garbage collection.
   */
  hasLeft(): boolean
  /** Calls the listener once if the client goes before its answer is complete. */
  onLeave(listener: () => void): void
}
