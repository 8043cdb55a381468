import type { UsageQuirks } from '../billing/usage.ts'
import type { DialectId } from './dialect-id.ts'
import type { ProviderTraits } from './provider-traits.ts'

/** The facts of one upstream. Pure data: no socket, no secret. */
export interface ProviderDefinition extends ProviderTraits {
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
  /** Whether a model thinks in tokens that its streams do not show, although they are billed. */
  hidesReasoning(upstreamId: string): boolean
}
