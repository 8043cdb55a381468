import type { KeyTurns } from '../access/key-order/key-turns.ts'
import type { Principal } from '../access/principal.ts'
import type { VirtualModels } from '../access/virtual-models/virtual-models.ts'
import type { FeeRates } from '../billing/fee.ts'
import type { RecordedFee } from '../billing/recompute-charge.ts'
import type { CreditDriver } from '../credits/driver.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { ModelIndex } from '../models/model-index.ts'
import type { AllowedParameters } from '../models/parameters.ts'
import type { Affinity } from '../models/selection/affinity.ts'
import type { Automatic } from '../models/selection/automatic.ts'
import type { SelectionFunction, SelectionStrategyName } from '../models/selection/candidate.ts'
import type { Metrics } from '../models/selection/metrics.ts'
import type { Logger } from '../options/options.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import type { ResponseRecords } from '../responses/response-records.ts'
import type { CallObserver } from '../telemetry/call-observer.ts'
import type { UsageFeed } from '../telemetry/usage-feed.ts'
import type { UsageReports } from '../telemetry/usage-reports.ts'
import type { Health } from '../upstream/health/health.ts'
import type { BodyTransport } from '../upstream/streamed/body-transport.ts'
import type { Transport } from '../upstream/transport.ts'
import type { AbandonedHolds } from './abandoned-holds.ts'
import type { KeptConversations } from './sockets/responses/kept-conversations.ts'
import type { SocketSession } from './sockets/session.ts'
import type { GatewayMark } from './via.ts'

/** A provider as this gateway reaches it. */
export interface ConfiguredProvider {
  readonly definition: ProviderDefinition
  /** Scheme, host and port. */
  readonly origin: string
  /** What comes before a dialect's path: `/v1`. */
  readonly basePath: string
  /** A query of the base URL, kept on every request; '' if there is none. */
  readonly search: string
  /** The operator's own credential. */
  readonly apiKey: string | undefined
  /** True for a provider that needs no credential, or makes one for each request. */
  readonly keyless: boolean
  readonly headers: Readonly<Record<string, string>>
  /** The only members of requests that it takes, by dialect. */
  readonly parameters?: AllowedParameters | undefined
  readonly transport: Transport
  /** What its requests carry of this gateway. */
  readonly mark: GatewayMark
  /** Secrets of credentials that are made for each request, as they are now. */
  readonly madeSecrets?: () => readonly string[]
}

/** An account's own upstream credential, in the clear, for one request. */
export interface OwnCredential {
  readonly id: string
  readonly secret: string
}

/** How candidates are chosen where there is more than one. */
export interface ModelChoice {
  readonly strategy: SelectionStrategyName | SelectionFunction
  /** Undefined where conversations do not stay. */
  readonly affinity: Affinity | undefined
  /** What `tollgate/auto` stands for. */
  readonly automatic: Automatic
}

/** Everything the stages of a call reach; made once by the composition root. */
export interface CallServices {
  readonly authenticate: (exchange: Exchange) => Principal | Promise<Principal>
  readonly ownCredentials: (
    account: string,
    provider: string,
  ) => readonly OwnCredential[] | Promise<readonly OwnCredential[]>
  readonly models: ModelIndex
  readonly providers: ReadonlyMap<string, ConfiguredProvider>
  readonly credits: CreditDriver
  readonly fee: FeeRates
  /** The same, as ledger rows keep it. */
  readonly feeRecord: RecordedFee
  readonly catalogVersion: string
  readonly logger: Logger
  readonly health: Health
  readonly metrics: Metrics
  readonly choice: ModelChoice
  /** Whose turn it is among the keys of a step. */
  readonly keyTurns: KeyTurns
  /** Who hears of settled calls. */
  readonly usageFeed: UsageFeed
  readonly usage: UsageReports
  /** Undefined where nobody asked for traces or metrics. */
  readonly observer: CallObserver | undefined
  readonly virtualModels: Pick<VirtualModels, 'find' | 'list'>
  readonly mark: GatewayMark
  readonly inFlight: InFlight
  readonly abandonedHolds: AbandonedHolds
  /** What the store has not answered yet of calls that are over. */
  readonly unanswered: InFlight
  /** Fires when the gateway has waited enough: what is unanswered is asked once more, at once, and then given up. */
  readonly ending: AbortSignal
  /** One for each call that holds credits: renews its hold when that is due. */
  readonly renewals: Set<() => void>
  /** WebSockets that are open. */
  readonly sockets: Set<SocketSession>
  /** What open connections keep of their conversations. */
  readonly conversations: KeptConversations
  /** How many questions for the length of an input are under way, by account. */
  readonly questions: Map<string, number>
  /** Carries bodies that nobody keeps. */
  readonly bodies: BodyTransport
  /** Whose the responses are that providers keep. */
  readonly responses: ResponseRecords
  /** Of runs in the background, by the id of their hold: those whose settlement the store has not acknowledged. */
  readonly endingRuns: Map<string, Promise<void>>
  readonly settings: CallSettings
}

/** Options of the gateway with every default filled in; milliseconds and bytes. */
export interface CallSettings {
  readonly strict: boolean
  readonly bodyBytes: number
  readonly defaultMaxOutputTokens: number
  /** Output tokens. */
  readonly quantum: number
  readonly margin: number
  readonly holdTtl: number
  /** Attempts a call may have. */
  readonly mostAttempts: number
  /** After this long no further attempt begins. */
  readonly attemptsWithin: number
  /** A provider that asks for more is not waited for. */
  readonly longestRetryAfter: number
  /** Another attempt begins beside one that has not answered by then; 0: none does. */
  readonly hedgeAfter: number
  readonly connectTimeout: number
  /** One attempt until its answer begins; 0: no clock of its own. */
  readonly attemptTimeout: number
  /** All attempts until an answer begins; 0: no clock of its own. */
  readonly totalTimeout: number
  readonly firstEventTimeout: number
  readonly answerTimeout: number
  readonly idleTimeout: number
  readonly heartbeat: number
  readonly drain: number
  readonly pollRuns: number
  readonly keepResponses: number
}

/** Counts calls and settlements under way, so that closing can wait for them. */
export interface InFlight {
  enter(): void
  leave(): void
}
