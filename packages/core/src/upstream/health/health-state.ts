import type { Circuit, CircuitState } from './circuit.ts'
import type { CoolDown } from './cool-down.ts'
import type { CoolingReason } from './failure.ts'

/** Whether a credential should be used now. Advice: a call that has nothing else tries it all the same. */
export interface HealthState {
  readonly available: boolean
  /** When it may be tried again; milliseconds since the epoch. */
  readonly until?: number
  /** `circuit_open`: the provider fails, whatever the credential. */
  readonly reason?: CoolingReason | 'circuit_open'
  /** The next attempt is the one that finds out whether it works again. */
  readonly probe?: true
}

/** A provider as this process has seen it. */
export interface ProviderHealth {
  readonly provider: string
  readonly circuit: CircuitState
  /** Of an open circuit: when the next probe may be sent; milliseconds since the epoch. */
  readonly until?: number
  readonly consecutiveFailures: number
  /** Of the last minute, from 0 to 1. */
  readonly errorShare: number
}

/** A credential that has failed lately. */
export interface CredentialHealth extends HealthState {
  readonly provider: string
  /** Undefined for the operator's own. */
  readonly keyId: string | undefined
  readonly consecutiveFailures: number
  /** Of the last minute, from 0 to 1. */
  readonly errorShare: number
}

const healthy: HealthState = Object.freeze({ available: true })
const probing: HealthState = Object.freeze({ available: true, probe: true })

/** What stands in the way longest is what is told. */
export function stateOf(
  circuit: Circuit | undefined,
  coolDown: CoolDown | undefined,
  now: number,
): HealthState {
  const open = circuit ? circuit.state(now) : 'closed'
  const resting = coolDown?.reason(now)
  const isBroken = open === 'open' || (open === 'half_open' && circuit?.isProbed(now) === true)
  if (!isBroken && resting === undefined)
    return open === 'half_open' || coolDown?.isOnProbation(now) ? probing : healthy
  const [circuitUntil, restsUntil] = [isBroken ? (circuit?.until(now) ?? 0) : 0, coolDown?.until(now) ?? 0]
  return resting === undefined || circuitUntil > restsUntil
    ? { available: false, until: circuitUntil, reason: 'circuit_open' }
    : { available: false, until: restsUntil, reason: resting }
}

export function describeProvider(provider: string, circuit: Circuit, now: number): ProviderHealth {
  const state = circuit.state(now)
  return {
    provider,
    circuit: state,
    ...(state === 'closed' ? {} : { until: circuit.until(now) }),
    consecutiveFailures: circuit.consecutiveFailures(),
    errorShare: circuit.errorShare(now),
  }
}
