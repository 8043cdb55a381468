import type { TimedStep } from '../credits/timed-driver.ts'
import type { UsageEvent } from './usage-event.ts'

/**
 * What a gateway tells of its calls while they happen, for traces and metrics. All of it is told at once and waited
 * for by nobody; what it throws is logged and changes no call. Nothing in it holds a prompt, an answer or a secret.
 */
export interface Telemetry {
  /** A gateway was made that tells of its calls here. What it answers may be asked for at any time. */
  gatewayStarted?(gateway: ObservedGateway): void
  /** A call has come in, within the async context of the host. */
  callStarted?(call: StartedCall): void
  /** A call is over, told once for each that started. */
  callEnded?(call: EndedCall): void
  /** The store of credits has answered, or has not. */
  storeAnswered?(answer: StoreAnswer): void
}

export interface ObservedGateway {
  health(): GatewayHealth
}

/** What this process has seen of providers and credentials. */
export interface GatewayHealth {
  /** Those that were called. */
  readonly providers: readonly {
    readonly provider: string
    readonly circuit: 'closed' | 'open' | 'half_open'
  }[]
  /** Those that have failed lately. */
  readonly credentials: readonly {
    readonly provider: string
    readonly available: boolean
    /** Why it rests. */
    readonly reason?: string
  }[]
}

/** A call of which nothing is known yet but that it is there. */
export interface StartedCall {
  readonly requestId: string
  /** The client's dialect. */
  readonly dialect: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** How a call ended. */
export interface EndedCall {
  readonly requestId: string
  readonly dialect: string
  readonly startedAt: number
  readonly endedAt: number
  /** Why it was refused, or what became of it at its provider. */
  readonly error: CallFailure | undefined
  /** None for a call that was refused, or whose client left before it was sent. */
  readonly attempts: readonly EndedAttempt[]
  /** It was made in the background and is charged now: the call that began it has ended before. */
  readonly background: boolean
}

/** An error of a call by the code that clients get to see. */
export interface CallFailure {
  readonly code: string
  /** The HTTP status. */
  readonly status: number
}

/** One try at one provider. */
export interface EndedAttempt {
  readonly event: UsageEvent
  readonly server: ServerAddress | undefined
  /** The model is one that this gateway lists, and no name that a client made up. */
  readonly isListed: boolean
}

/** Where a provider is reached. */
export interface ServerAddress {
  readonly address: string
  readonly port: number
}

/** How long the store of credits took for one step. */
export type StoreAnswer = TimedStep
