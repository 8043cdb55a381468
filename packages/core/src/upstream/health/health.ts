import { createRecentMap } from '../../memory/recent-map.ts'
import { type Circuit, type CircuitRules, createCircuit } from './circuit.ts'
import { type CoolDown, type CoolDownRules, createCoolDown } from './cool-down.ts'
import { type Failure, isOfCredential } from './failure.ts'
import {
  type CredentialHealth,
  describeProvider,
  type HealthState,
  type ProviderHealth,
  stateOf,
} from './health-state.ts'
import { circuitRules, coolDownRules } from './rules.ts'

/** Where an attempt goes. */
export interface HealthTarget {
  readonly provider: string
  /** The provider key's id; undefined for the operator's own credential. */
  readonly keyId?: string | undefined
}

/** One try at one provider with one credential. The first of these that is called counts, and no other. */
export interface HealthAttempt {
  succeeded(): void
  failed(failure: Failure): void
  /**
   * It says nothing of provider and credential: the client left, the request was itself at fault, or a clock ran out
   * that is shorter than the gateway's own.
   */
  abandoned(): void
}

/** What this process has seen of providers and credentials. Every answer is at once and in constant time. */
export interface Health {
  begin(target: HealthTarget): HealthAttempt
  /** @param keyId Undefined for the operator's own credential. */
  state(provider: string, keyId?: string): HealthState
  /** Share of failures in the last minute, from 0 to 1. */
  errorShare(provider: string, keyId?: string): number
  /** What there is to tell: providers that were called, credentials that failed lately. */
  describe(): {
    readonly providers: readonly ProviderHealth[]
    readonly credentials: readonly CredentialHealth[]
  }
  /** A provider key has another value, or is gone: what was seen of it, or is still under way, counts no more. */
  forget(keyId: string): void
  /** A provider is elsewhere now, or gone: the same goes for it and the operator's credential for it. */
  forgetProvider(provider: string): void
}

export interface HealthOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number
  readonly circuit?: Partial<CircuitRules>
  readonly coolDown?: Partial<CoolDownRules>
  /** Most providers, and most credentials that have failed lately, that are remembered. @default 10_000 */
  readonly size?: number
}

interface Credential extends HealthTarget {
  readonly coolDown: CoolDown
}

/**
 * Watches providers and credentials. A provider that fails is left alone for 1 to 60 s, longer each time, and then
 * tried by one call at a time; a credential that was refused rests for 5 minutes, one without quota for 10, one that
 * was too fast for as long as the provider says, an hour at most. A credential that works costs no memory.
 *
 * @example
 * const health = createHealth()
 * const attempt = health.begin({ provider: 'openai', keyId: 'pk_1' })
 * attempt.failed({ kind: 'auth' })
 * health.state('openai', 'pk_1') // { available: false, until: 1790000300000, reason: 'auth' }
 */
export function createHealth(options: HealthOptions = {}): Health {
  const { now = Date.now, random = Math.random, size = 10_000 } = options
  const circuits = createRecentMap<{ readonly provider: string; readonly circuit: Circuit }>(size)
  const credentials = createRecentMap<Credential>(size)
  /** By credential: attempts up to this number were made with a value that is gone. */
  const forgotten = createRecentMap<number>(size)
  /** Of the operator's credentials, by provider: put together once, not for every call. */
  const managed = new Map<string, string>()
  let begun = 0

  /** Ids of provider keys are the same nowhere twice, and hold no space. */
  const nameOf = (provider: string, keyId: string | undefined): string => {
    const known = keyId ?? managed.get(provider)
    if (known !== undefined) return known
    const name = `managed ${provider}`
    managed.set(provider, name)
    return name
  }
  const circuitOf = (provider: string): Circuit => {
    const known = circuits.get(provider)
    if (known) return known.circuit
    const circuit = createCircuit({ ...circuitRules, ...options.circuit }, random)
    circuits.set(provider, { provider, circuit })
    return circuit
  }
  const coolDownOf = (name: string, { provider, keyId }: HealthTarget): CoolDown => {
    const known = credentials.get(name)
    if (known) return known.coolDown
    const coolDown = createCoolDown({ ...coolDownRules, ...options.coolDown })
    credentials.set(name, { provider, keyId, coolDown })
    return coolDown
  }
  const find = (provider: string, keyId: string | undefined) =>
    credentials.get(nameOf(provider, keyId))?.coolDown

  const forget = (name: string) => {
    credentials.delete(name)
    forgotten.set(name, begun)
  }

  return {
    begin(target) {
      const name = nameOf(target.provider, target.keyId)
      const circuit = circuitOf(target.provider)
      const at = now()
      const ticket = circuit.begin(at)
      begun += 1
      const attempt = { number: begun, probe: credentials.get(name)?.coolDown.begin(at) ?? 0 }
      const isForgotten = () => (forgotten.get(name) ?? 0) >= attempt.number
      let isOver = false
      const end = () => {
        const wasOver = isOver
        isOver = true
        return !wasOver
      }
      return {
        succeeded() {
          if (!end()) return
          circuit.succeeded(ticket, now())
          const coolDown = credentials.get(name)?.coolDown
          if (coolDown && !isForgotten() && coolDown.succeeded(attempt, now())) credentials.delete(name)
        },
        failed(failure) {
          if (!end()) return
          if (isOfCredential(failure.kind)) circuit.abandoned(ticket)
          else circuit.failed(ticket, now(), failure.retryAfterMs)
          if (!isForgotten()) coolDownOf(name, target).failed(attempt, failure, now())
        },
        abandoned() {
          if (!end()) return
          circuit.abandoned(ticket)
          if (!isForgotten()) credentials.get(name)?.coolDown.abandoned(attempt)
        },
      }
    },
    state: (provider, keyId) => stateOf(circuits.get(provider)?.circuit, find(provider, keyId), now()),
    errorShare: (provider, keyId) => find(provider, keyId)?.errorShare(now()) ?? 0,
    describe: () => ({
      providers: circuits.values().map(({ provider, circuit }) => describeProvider(provider, circuit, now())),
      credentials: credentials.values().map(({ provider, keyId, coolDown }) => ({
        provider,
        keyId,
        ...stateOf(undefined, coolDown, now()),
        consecutiveFailures: coolDown.consecutiveFailures(),
        errorShare: coolDown.errorShare(now()),
      })),
    }),
    forget,
    forgetProvider(provider) {
      circuits.delete(provider)
      forget(nameOf(provider, undefined))
    },
  }
}
