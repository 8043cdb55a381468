import type { Members } from './members.ts'
import type { Reply } from './reply.ts'

/** One request as the sandbox needs it. Id and time come from outside: the same request, the same answer. */
export interface SandboxRequest {
  /** With or without a prefix and a query: `/v1/chat/completions`. */
  readonly path: string
  readonly body: string
  /** Letters and digits; the answer's ids are made of it. */
  readonly id: string
  /** Seconds since the epoch. */
  readonly created: number
}

/** What the sandbox answers. Headers that never come are an answer too. */
export type SandboxAnswer =
  | { readonly kind: 'stall' }
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      /** The body in pieces: of a stream one event or one group of events each. */
      readonly chunks: Iterable<string>
      /** After the last chunk: a proper end, or a lost connection. */
      readonly ending: 'end' | 'cut'
    }

/** What an answer says of itself. */
export interface ReplyContext {
  readonly id: string
  readonly created: number
  /** The model as the request names it. */
  readonly model: string
  /** Chat Completions: the client asked for usage in its stream. */
  readonly includeUsage: boolean
}

/** A dialect's way of saying a reply. */
export interface Wording {
  json(reply: Reply, context: ReplyContext): Members
  /** Wire text, frame by frame. */
  stream(reply: Reply, context: ReplyContext): Iterable<string>
}

/** A whole JSON body, or half of one. */
export function jsonAnswer(body: Members, cut = false): SandboxAnswer {
  const text = JSON.stringify(body)
  return {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'application/json' },
    chunks: [cut ? text.slice(0, text.length / 2) : text],
    ending: cut ? 'cut' : 'end',
  }
}

/** Server-sent events. */
export function streamAnswer(chunks: Iterable<string>, cut: boolean): SandboxAnswer {
  return {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    chunks,
    ending: cut ? 'cut' : 'end',
  }
}

/** One server-sent event, named by its `type` as Responses and Messages do. */
export function namedEvent(data: Members & { readonly type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}
