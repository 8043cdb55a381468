import { gzipSync } from 'node:zlib'

export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>

/** A body sent whole. */
export interface BodyAnswer {
  readonly kind: 'body'
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: Uint8Array
  /** Announces the whole body, sends so many bytes of it and destroys the socket. */
  readonly cutAfter?: number | undefined
  /** Milliseconds before the headers. */
  readonly delayMs?: number | undefined
}

export interface StreamOptions {
  readonly status?: number
  readonly headers?: AnswerHeaders
  /** Milliseconds between two events. @default 0 */
  readonly paceMs?: number
  /** Destroys the socket behind so many events; 0 is right after the headers. */
  readonly cutAfter?: number
  /** Falls silent for good behind so many events. */
  readonly stallAfter?: number
  /** Line ends of the events. @default 'lf', which leaves them as they are */
  readonly framing?: 'lf' | 'crlf'
  /** What one HTTP chunk holds. @default 'event' */
  readonly split?: 'event' | 'byte' | 'whole'
  /** Awaited behind `gateAfter` events; the headers are out before. */
  readonly gate?: Promise<unknown>
  /** @default 0 */
  readonly gateAfter?: number
}

/** Server-sent events, or any other pieces, sent one after another. */
export interface StreamAnswer extends StreamOptions {
  readonly kind: 'stream'
  readonly events: Iterable<string | Uint8Array>
}

/** What the scripted server does with one call. */
export type Answer =
  | BodyAnswer
  | StreamAnswer
  /** Reads the request and never answers. */
  | { readonly kind: 'hang' }
  /** Reads the request and destroys the socket. */
  | { readonly kind: 'destroy' }

export interface BodyOptions {
  readonly headers?: AnswerHeaders
  readonly cutAfter?: number
  readonly delayMs?: number
  /** Sends it compressed. */
  readonly gzip?: boolean
}

function whole(status: number, content: string, options: BodyOptions): BodyAnswer {
  const { headers, gzip, cutAfter, delayMs } = options
  return {
    kind: 'body',
    status,
    headers: { ...(gzip && { 'content-encoding': 'gzip' }), ...headers },
    body: gzip ? gzipSync(content) : Buffer.from(content),
    cutAfter,
    delayMs,
  }
}

/** JSON; a string is sent as it is. */
export function json(status: number, body: unknown, options: BodyOptions = {}): BodyAnswer {
  const headers = { 'content-type': 'application/json', ...options.headers }
  return whole(status, typeof body === 'string' ? body : JSON.stringify(body), { ...options, headers })
}

/** Plain text, or HTML when it looks like it, as proxies in front of a provider send it. */
export function text(status: number, body: string, options: BodyOptions = {}): BodyAnswer {
  const type = body.startsWith('<') ? 'text/html' : 'text/plain'
  return whole(status, body, { ...options, headers: { 'content-type': type, ...options.headers } })
}

/** A 429 in a body both families of clients read. */
export function rateLimited(retryAfterMs: number): BodyAnswer {
  const message = `Rate limit exceeded. Please try again in ${retryAfterMs}ms.`
  const error = { type: 'rate_limit_error', message, param: null, code: 'rate_limit_exceeded' }
  const seconds = String(Math.ceil(retryAfterMs / 1000))
  const headers = { 'retry-after': seconds, 'retry-after-ms': String(retryAfterMs) }
  return json(429, { type: 'error', error }, { headers })
}

/** An event stream of wire text: see `wire.ts` for recorded ones. */
export function stream(events: Iterable<string | Uint8Array>, options: StreamOptions = {}): StreamAnswer {
  return { ...options, kind: 'stream', events }
}

/** Never answers. */
export const hang: Answer = { kind: 'hang' }

/** Destroys the socket without an answer. */
export const destroy: Answer = { kind: 'destroy' }
