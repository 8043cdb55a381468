import { type WireText, wireBytes } from '../bytes/wire-text.ts'
import type { Sink } from './exchange.ts'

/** Bytes the stream may hold before the upstream is paused. */
const highWaterMark = 65_536

export interface WebSink {
  readonly sink: Sink
  readonly response: Promise<Response>
  /** The client has gone: who still reads the body gets its reason, as from any fetch. */
  abort(reason: unknown): void
}

/** A sink that becomes a Response: whole when it is ended at once, a stream as soon as it is written to. */
export function createWebSink(onCancel: () => void): WebSink {
  const { promise, resolve } = Promise.withResolvers<Response>()
  let head: ResponseInit = {}
  let stream: WebStream | undefined
  const open = () => {
    stream = createWebStream(onCancel)
    resolve(new Response(stream.readable, head))
    return stream
  }
  const sink: Sink = {
    start(status, headers) {
      head = { status, headers }
    },
    write: (bytes) => (stream ?? open()).write(bytes),
    onDrain: (listener) => (stream ?? open()).onDrain(listener),
    end(bytes) {
      if (!stream) return resolve(new Response(bytes === undefined ? null : wireBytes(bytes), head))
      if (bytes !== undefined) stream.write(bytes)
      stream.close()
    },
    fail: () => (stream ?? open()).fail(new TypeError('terminated')),
  }
  return { sink, response: promise, abort: (reason) => stream?.fail(reason) }
}

interface WebStream {
  readonly readable: ReadableStream<Uint8Array>
  write(bytes: WireText): boolean
  onDrain(listener: () => void): void
  close(): void
  fail(reason: unknown): void
}

function createWebStream(onCancel: () => void): WebStream {
  let controller!: ReadableStreamDefaultController<Uint8Array>
  let drained: (() => void) | undefined
  let open = true
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start(opened) {
      controller = opened
    },
    pull() {
      const listener = drained
      drained = undefined
      listener?.()
    },
    cancel() {
      open = false
      onCancel()
    },
  }
  const readable = new ReadableStream(source, { highWaterMark, size: (chunk) => chunk?.byteLength ?? 0 })
  return {
    readable,
    write(bytes) {
      if (open) controller.enqueue(wireBytes(bytes))
      return (controller.desiredSize ?? 1) > 0
    },
    onDrain(listener) {
      drained = listener
    },
    close() {
      if (open) controller.close()
      open = false
    },
    fail(reason) {
      if (open) controller.error(reason)
      open = false
    },
  }
}
