import type { UsageQuirks } from '../billing/usage.ts'
import type { DialectId } from './dialect-id.ts'
import type { ProviderTraits } from './provider-traits.ts'

/** The header in which a provider wants its credential; `bearer` is `authorization: Bearer`. */
export type CredentialHeader = 'bearer' | 'x-api-key' | 'api-key' | 'x-goog-api-key'

/** What a path is made of. */
export interface PathRequest {
  /** The provider's own id of the model, as one segment of a path. */
  readonly model: string
  readonly stream: boolean
}

/** Where a dialect is served, if not where it usually is. */
export interface Endpoint {
  /** Below the base URL. */
  path(request: PathRequest): string
  readonly credentialHeader?: CredentialHeader
  /** Members of the body that it wants otherwise, by name; undefined leaves a member out. */
  members?(model: string): Readonly<Record<string, string | undefined>>
}

/** A place in a cloud. */
export interface CloudPlace {
  /** A region, or what a cloud calls so: `eu-central-1`, `global`. */
  readonly location: string
  /** Of Google's cloud. */
  readonly project: string
}

/** What a provider in a cloud has in place of one address and one key. */
export interface Cloud {
  /** Whose: where its requests carry no key, they carry credentials that are made for each of them. */
  readonly vendor: 'aws' | 'google'
  /** The base URL of a place. */
  address(place: CloudPlace): string
  /** Its streams are in AWS's own framing. */
  readonly eventStreams?: true
}

/** The facts of one upstream. Pure data: no socket, no secret. */
export interface ProviderDefinition extends ProviderTraits {
  readonly id: string
  readonly displayName: string
  /**
   * Without trailing slash, with the version segment: `https://api.openai.com/v1`. Undefined where every customer
   * has an address of their own.
   */
  readonly baseUrl: string | undefined
  readonly cloud?: Cloud
  /** The version segment that operators usually leave out of this provider's base URL, and that we add. */
  readonly impliedVersion?: string
  /** Environment variables that hold its key and, optionally, another base URL. */
  readonly environment: { readonly apiKey: string; readonly baseUrl: string }
  /** Needs no credential, as servers on one's own machine; it is there when its address or a key is given. */
  readonly keyless?: true
  /** The first that a client's request can be translated to is used where the client's own is not among them. */
  readonly dialects: readonly DialectId[]
  /** Dialects in which it counts tokens for a request, the best first. */
  readonly countsTokens?: readonly ('anthropic-messages' | 'openai-responses' | 'google-gemini')[]
  /** Those that one of its models is called in, where they differ. */
  dialectsOf?(upstreamId: string): readonly DialectId[]
  readonly endpoints?: Readonly<Partial<Record<DialectId, Endpoint>>>
  readonly credentialHeader: CredentialHeader
  /** Sent when the client sent none of that name. */
  readonly defaultHeaders: Readonly<Record<string, string>>
  /** Request headers of the client that go through, beside the common ones. */
  readonly forwardedHeaders: readonly string[]
  readonly quirks: UsageQuirks
  /** Keeps no response, so that none can be asked for again or gone on from. */
  readonly keepsNothing?: true
  /** Reads reasoning in its items, and never looks for it by their ids. */
  readonly readsReasoning?: true
  /** Whether a model thinks in tokens that its streams do not show, although they are billed. */
  hidesReasoning(upstreamId: string): boolean
}
