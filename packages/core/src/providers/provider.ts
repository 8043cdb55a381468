import type { UsageQuirks } from '../billing/usage.ts'
import type { DialectId } from './dialect-id.ts'

/** The facts of one upstream. Pure data: no socket, no secret. */
export interface ProviderDefinition {
  readonly id: string
  readonly displayName: string
  /** Without trailing slash, with the version segment: `https://api.openai.com/v1`. */
  readonly baseUrl: string
  /** The version segment that operators usually leave out of this provider's base URL, and that we add. */
  readonly impliedVersion?: string
  /** Environment variables that hold its key and, optionally, another base URL. */
  readonly environment: { readonly apiKey: string; readonly baseUrl: string }
  readonly dialects: readonly DialectId[]
  /** How it wants its credential. */
  readonly credentialHeader: 'bearer' | 'x-api-key'
  /** Sent when the client sent none of that name. */
  readonly defaultHeaders: Readonly<Record<string, string>>
  /** Request headers of the client that go through, beside the common ones. */
  readonly forwardedHeaders: readonly string[]
  readonly quirks: UsageQuirks
  /** False where the server refuses `stream_options`. */
  readonly streamOptions: boolean
}
