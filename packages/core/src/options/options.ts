import type { Keyv } from 'keyv'
import type { CallerPolicy } from '../access/callers/caller.ts'
import type { FeeOptions } from '../billing/fee.ts'
import type { PriceOptions } from '../billing/price.ts'
import type { Modality, ModelFeature } from '../models/model.ts'
import type { SelectionOptions, TargetStrategyName } from '../models/selection/candidate.ts'
import type {
  AwsCredentials,
  GoogleAccessToken,
  GoogleServiceAccount,
} from '../providers/cloud-credentials.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { UsageEvent } from '../telemetry/usage-event.ts'

export type {
  AwsCredentials,
  GoogleAccessToken,
  GoogleServiceAccount,
  PriceOptions,
  SelectionOptions,
  TargetStrategyName,
}

/** A target of a virtual model: a model as it is written in requests, or one with its weight. */
export type VirtualTargetOptions =
  | string
  | {
      readonly model: string
      /** Of `weighted`: how many conversations it gets, beside the others. @default 1 */
      readonly weight?: number
    }

/** A name that stands for other models: a list of them, or a list with the strategy that chooses. */
export type VirtualModelOptions =
  | readonly VirtualTargetOptions[]
  | {
      readonly targets: readonly VirtualTargetOptions[]
      /** @default that of the call, from `selection` or the key's policy */
      readonly strategy?: TargetStrategyName
    }

/** Where Amazon Bedrock is called, and whose keys sign for it where there is no `apiKey`. */
export interface AwsOptions {
  /** @default AWS_REGION, or AWS_DEFAULT_REGION */
  readonly region?: string
  /**
   * Keys, or a function that gives those of a role, such as `fromNodeProviderChain()` of the AWS SDK.
   * @default AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN
   */
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>)
}

/** Where Google Vertex AI is called, and by whom. */
export interface GoogleCloudOptions {
  /** @default GOOGLE_CLOUD_PROJECT, or the service account's */
  readonly project?: string
  /** A region, `us`, `eu` or `global`. @default GOOGLE_CLOUD_LOCATION or 'global' */
  readonly location?: string
  /**
   * A service account, the path of its JSON file, or a function that gives access tokens: `() =>
   * auth.getAccessToken()` of google-auth-library, for every other kind of identity. A token without `expiresAt` is
   * asked for at each call. @default the file in GOOGLE_APPLICATION_CREDENTIALS
   */
  readonly credentials?:
    | GoogleServiceAccount
    | string
    | (() => Promise<string | null | undefined | GoogleAccessToken>)
}

/** A model that an operator adds, or what is to be different about a catalogued one. */
export interface ModelOptions {
  /** Without a price the model is refused on credits. `'0'` is free because somebody wrote it. */
  readonly price?: PriceOptions
  readonly contextWindow?: number
  readonly maxOutputTokens?: number
  /**
   * It thinks in billed tokens that its streams do not show, so that credits are reserved for all of its output
   * at once. @default what is known of the provider's models; false for custom providers
   */
  readonly hiddenReasoning?: boolean
  /** The provider's own name of the model. @default the member's name */
  readonly upstreamId?: string
  /** Tokens. @default what is left of the context window */
  readonly maxInputTokens?: number
  /**
   * Top-level members of requests that it does not take: they are left out, and named in the response header
   * `tollgate-removed-parameters`. What says who is asked, what for, and how much it may cost is never left out.
   */
  readonly unsupportedParameters?: readonly string[]
  /** It is as if it were not there. @default false */
  readonly disabled?: boolean
  readonly aliases?: readonly string[]
  /**
   * All that it takes: `['text', 'image']`. Calls with anything else are not sent to it where there is another model
   * to try. @default what is known of it
   */
  readonly input?: readonly Modality[]
  /** What it can do, true or false: `{ tools: true, schema: false }`. @default what is known of it */
  readonly features?: Readonly<Partial<Record<ModelFeature, boolean>>>
}

/** A provider: its credential, its address and its models. */
export interface ProviderOptions {
  /** @default the provider's environment variable; a custom provider without one is keyless */
  readonly apiKey?: string
  /** @default the built-in address, or the provider's `*_BASE_URL` variable */
  readonly baseUrl?: string
  /** Wire formats of a custom provider. @default ['openai-chat'] */
  readonly dialects?: readonly (
    | 'openai-chat'
    | 'openai-responses'
    | 'anthropic-messages'
    | 'google-gemini'
    | 'openai-embeddings'
    | 'openai-completions'
  )[]
  /** Of `bedrock`, or of a provider under another name that is Amazon Bedrock elsewhere. */
  readonly aws?: AwsOptions
  /** Of `vertex`, or of a provider under another name that is Google Vertex AI elsewhere. */
  readonly googleCloud?: GoogleCloudOptions
  /** Sent with every request to this provider; may not replace the credential. */
  readonly headers?: Readonly<Record<string, string>>
  /** Added to the query of every request, beside what the base URL has: `{ 'api-version': '2026-10-01' }`. */
  readonly query?: Readonly<Record<string, string>>
  /**
   * The only top-level members of requests that it takes, by dialect; others are left out, as a model's
   * `unsupportedParameters` are. @default all
   */
  readonly parameters?: Readonly<Partial<Record<DialectId, readonly string[]>>>
  /** Takes plain http to private networks: 10/8, 172.16/12, 192.168/16, fc00::/7, `.local`. @default false */
  readonly allowPrivateNetwork?: boolean
  /** It is as if it were not there. @default false */
  readonly disabled?: boolean
  /** Models to add, and prices to override, by public id. */
  readonly models?: Readonly<Record<string, ModelOptions>>
}

/** Who is calling, as the host's own login knows it. */
export interface AuthenticatedCaller extends CallerPolicy {
  readonly account: string
  /** Shown in ledger and usage in place of an access key id. */
  readonly subject?: string
}

/** What `authenticate` and `remoteAddress` get to see of a request. */
export interface AuthenticateRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The framework's own request: Express `req`, Koa `ctx.req`, Fastify `request.raw`, a `Request`. */
  readonly source: unknown
}

/** Milliseconds; 0 switches a clock off. */
export interface TimeoutOptions {
  /** Until a new connection to a provider is made, its encryption included. @default 10_000 */
  readonly connect?: number
  /** One attempt, until its answer begins; an answer that does not stream begins when it is whole. @default 0 */
  readonly attempt?: number
  /** All attempts together, until an answer begins. @default 0 */
  readonly total?: number
  /** From dispatch to a stream's first event. @default 60_000 */
  readonly firstEvent?: number
  /** From dispatch to the headers of an answer that does not stream. @default 600_000 */
  readonly answer?: number
  /** Silence within an answer. @default 300_000 */
  readonly idle?: number
  /** Silence after which a stream's client gets a heartbeat. @default 15_000 */
  readonly heartbeat?: number
  /**
   * How long an answer is read on whose client has left, to charge its true usage in place of an estimate. The
   * provider goes on generating meanwhile. @default 0: it is aborted at once
   */
  readonly drain?: number
}

/** What happens when a provider does not answer: the next key, then the next step, then the next model. */
export interface FailoverOptions {
  /** Requests that one call may send to providers. @default 10 */
  readonly attempts?: number
  /** Milliseconds after which no further attempt begins. @default 120_000 */
  readonly within?: number
  /**
   * Milliseconds that a provider may ask for with `Retry-After` to be waited for, once, when nobody else is left.
   * @default 5000
   */
  readonly maxRetryAfter?: number
  /**
   * Milliseconds after which another attempt begins beside one that has not begun to answer. The first that answers is
   * heard and charged; providers may bill the operator for both. @default 0: never
   */
  readonly hedgeAfter?: number
}

/** How credits are reserved while a call is under way. */
export interface HoldOptions {
  /**
   * Output tokens that are reserved for a stream at first, and again whenever it comes near what is reserved.
   * @default 1024
   */
  readonly quantum?: number
  /** Output tokens that are still reserved when more are asked for. @default a quarter of the quantum */
  readonly margin?: number
  /**
   * Output tokens to reserve for an answer that cannot be watched, where neither client nor balance allows all
   * that its model can make. @default 4096
   */
  readonly defaultMaxOutputTokens?: number
  /** @default 900_000 */
  readonly ttl?: number
}

/** Responses that providers keep, and those that they make in the background. Milliseconds. */
export interface ResponseOptions {
  /** How often a run in the background is asked about at first, so that it is charged though nobody reads it. @default 5000 */
  readonly poll?: number
  /** How long it is known whose a response is; providers keep theirs for 30 days. @default 2_592_000_000 (30 days) */
  readonly keep?: number
}

/** What a request may be at most. */
export interface LimitOptions {
  /** Request bodies, decompressed. @default 33_554_432 (32 MiB) */
  readonly bodyBytes?: number
}

/** Receives what operators should read. Any of pino, winston or `console` fits. */
export interface Logger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** Everything a gateway can be told. All of it is optional; see each member's default. */
export interface GatewayOptions {
  /** By id. Built-in ids take their address from us; any other id is a custom provider. */
  readonly providers?: Readonly<Record<string, ProviderOptions>>
  /**
   * `sqlite:<file>`, `postgres://…`, `redis://…`, `mysql://…`, `memory:`, or a Keyv.
   * @default TOLLGATE_STORE or 'sqlite:./tollgate.db'
   */
  readonly store?: string | Keyv
  /**
   * Takes a Keyv over any storage, and keeps credits exact in this process. Say so only where no other process ever
   * writes to it. @default false
   */
  readonly singleWriter?: boolean
  /**
   * Folder for charges on their way to a store on a server, so that none is lost with this process. It has to
   * outlive the process; several may share it. Files and memory need none.
   *
   * @default TOLLGATE_SPOOL or './tollgate-spool'
   */
  readonly spool?: string
  /** What the gateway itself charges, USD as decimal text. @default { perMillionTokens: '0.05' } */
  readonly fee?: FeeOptions
  /** Encrypts provider keys at rest; at least 16 characters. @default TOLLGATE_SECRET */
  readonly secret?: string
  /**
   * Secrets before the present one: what was encrypted under them still opens, until it is encrypted anew.
   * @default TOLLGATE_PREVIOUS_SECRETS, with commas between them
   */
  readonly previousSecrets?: readonly string[]
  /** The host's own login. Asked when the request carries no access key. */
  readonly authenticate?: (request: AuthenticateRequest) => Promise<AuthenticatedCaller | undefined>
  /**
   * The client's network address, where a proxy in front knows it: for keys that are open to some addresses only.
   * Express, Koa and Fastify know it by themselves but for requests to change to WebSocket, which pass none of them.
   * @default what the framework says, or else the socket
   */
  readonly remoteAddress?: (request: AuthenticateRequest) => string | undefined
  /** Offers the built-in provider `sandbox`. @default false, or TOLLGATE_SANDBOX=1 */
  readonly sandbox?: boolean
  /** Refuse with 400 what a translation cannot carry, in place of dropping it with a warning. @default 'lenient' */
  readonly translation?: 'lenient' | 'strict'
  readonly timeouts?: TimeoutOptions
  readonly failover?: FailoverOptions
  readonly holds?: HoldOptions
  readonly limits?: LimitOptions
  readonly responses?: ResponseOptions
  /** How the models that may serve a call are ordered. */
  readonly selection?: SelectionOptions
  /**
   * Names that stand for other models, for every account: `{ fast: ['gpt-4o-mini', 'claude-haiku-4-5'] }`. Others are
   * made with `gateway.virtualModels`.
   */
  readonly virtualModels?: Readonly<Record<string, VirtualModelOptions>>
  /** @default the console, warnings and errors only */
  readonly logger?: Logger
  /** Called once for every attempt of a settled call, in their order. */
  readonly onUsage?: (event: UsageEvent) => void
  /** Traces and metrics: `instrument()` of `@tollgate/core/opentelemetry`, `metrics()` of `@tollgate/core/prometheus`. */
  readonly telemetry?: Telemetry | readonly Telemetry[]
}
