import type { ClientProvider } from './client-providers.ts'

/** Where a client calls, with which key, for which model. */
export interface ClientTarget {
  /** Without the version: `http://127.0.0.1:40123`. */
  readonly url: string
  readonly token: string
  readonly model: string
}

/** An official client as its own users use it: nothing of it is changed or wrapped. */
export interface OfficialClient {
  /** The answer's text, asked for as JSON. */
  ask(prompt: string): Promise<string>
  /** The answer's text, asked for as a stream; rejects with what the client reports while it reads. */
  stream(prompt: string): Promise<string>
  /** Offers the tool `weather`, answers its call with `sunny`, and resolves to the text of the last answer. */
  useTool(prompt: string): Promise<string>
}

/** What a client's user sees of an error. */
export type SeenError = Readonly<Record<string, unknown>>

export interface ClientKind {
  readonly name: string
  create(target: ClientTarget): OfficialClient
  /** What decides how a program handles the error: class, status, code, whether to retry. */
  see(error: unknown): SeenError
  /** Requests in all while the answer stays 429 with a wait of 5 ms; documented for the client. */
  readonly triesOnRateLimit: number
  readonly errors: {
    readonly badKey: SeenError
    readonly noCredits: SeenError
    readonly unknownModel: SeenError
    readonly rateLimited: SeenError
    /** Of what the provider says when it breaks off. */
    midStream(provider: ClientProvider['id']): SeenError
    readonly truncated: SeenError
  }
}

/** The arguments of `weather`, as JSON Schema. */
export const weatherSchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
}
