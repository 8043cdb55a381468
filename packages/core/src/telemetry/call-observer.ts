import type {
  CallFailure,
  EndedAttempt,
  EndedCall,
  ObservedGateway,
  ServerAddress,
  StartedCall,
  StoreAnswer,
  Telemetry,
} from './telemetry.ts'
import type { UsageEvent } from './usage-event.ts'

/** What the life of a call tells whoever observes it. */
export interface CallObserver {
  /** Once, before any call. */
  gatewayStarted(gateway: ObservedGateway): void
  started(call: StartedCall): void
  /** Before its end is told. */
  failed(requestId: string, failure: CallFailure): void
  /** Its end, with what it came to. */
  settled(requestId: string, events: readonly UsageEvent[]): void
  /** Its end, without any charge. */
  ended(requestId: string): void
  storeAnswered(answer: StoreAnswer): void
}

export interface CallObserverOptions {
  readonly telemetry: readonly Telemetry[]
  /** Where the provider of that id is reached. */
  readonly serverOf: (provider: string) => ServerAddress | undefined
  readonly isListed: (event: UsageEvent) => boolean
  /** Is told of what an observer throws. */
  readonly onError: (error: unknown) => void
}

interface Underway {
  readonly call: StartedCall
  failure?: CallFailure
}

/** Brings what is told of a call together, and sees to it that its end is told once. */
export function createCallObserver({
  telemetry,
  serverOf,
  isListed,
  onError,
}: CallObserverOptions): CallObserver {
  const underway = new Map<string, Underway>()
  const tell = <Name extends keyof Telemetry>(
    name: Name,
    fact: Parameters<NonNullable<Telemetry[Name]>>[0],
  ) => {
    for (const observer of telemetry) {
      try {
        ;(observer[name] as ((told: typeof fact) => void) | undefined)?.(fact)
      } catch (error) {
        onError(error)
      }
    }
  }
  const end = (requestId: string, attempts: readonly EndedAttempt[]) => {
    const known = underway.get(requestId)
    underway.delete(requestId)
    if (known) tell('callEnded', endOf(known, attempts))
    else if (attempts.length > 0) tell('callEnded', endInBackground(requestId, attempts))
  }
  return {
    gatewayStarted: (gateway) => tell('gatewayStarted', gateway),
    started(call) {
      underway.set(call.requestId, { call })
      tell('callStarted', call)
    },
    failed(requestId, { code, status }) {
      const known = underway.get(requestId)
      if (known) known.failure = { code, status }
    },
    settled: (requestId, events) =>
      end(
        requestId,
        events.map((event) => ({ event, server: serverOf(event.provider), isListed: isListed(event) })),
      ),
    // What failed is told of in the same turn, before or behind the end of its hold.
    ended: (requestId) => queueMicrotask(() => end(requestId, [])),
    storeAnswered: (answer) => tell('storeAnswered', answer),
  }
}

function endOf({ call, failure }: Underway, attempts: readonly EndedAttempt[]): EndedCall {
  const { requestId, dialect, startedAt } = call
  const endedAt = endsAt(attempts) ?? Date.now()
  const error = failure ?? failureOf(attempts)
  return { requestId, dialect, startedAt, endedAt, error, attempts, background: false }
}

function endInBackground(requestId: string, attempts: readonly EndedAttempt[]): EndedCall {
  const [first] = attempts
  const { startedAt = Date.now(), clientDialect: dialect = '' } = first?.event ?? {}
  const endedAt = endsAt(attempts) ?? startedAt
  return { requestId, dialect, startedAt, endedAt, error: failureOf(attempts), attempts, background: true }
}

/** The store's answer may have come long after that of the provider. */
function endsAt(attempts: readonly EndedAttempt[]): number | undefined {
  if (attempts.length === 0) return undefined
  return Math.max(...attempts.map(({ event }) => event.startedAt + event.durationMs))
}

function failureOf(attempts: readonly EndedAttempt[]): CallFailure | undefined {
  const final = attempts.find(({ event }) => event.isFinalAttempt)?.event
  if (!final?.isError) return undefined
  return { code: final.errorCode ?? final.completion, status: final.statusCode }
}
