import type { SettleRequest } from '../driver.ts'
import { encodeLine, type StartedCall } from './spool-line.ts'

/** A charge that the store has not acknowledged. */
export interface OpenCharge {
  readonly request: SettleRequest
  readonly line: string
  /** Resolves once it is on the disk, or the disk does not take it. */
  readonly written: Promise<void>
}

interface OpenCall {
  started?: StartedCall
  charge?: OpenCharge
}

/** What the files of a spool stand for, in memory. */
export interface OpenCalls {
  readonly size: number
  start(call: StartedCall): void
  /** Undefined for a call that nothing is known of, or that is charged already. */
  startedOf(id: string): StartedCall | undefined
  /** The first one of a call; undefined when there is none yet. */
  chargeOf(id: string): OpenCharge | undefined
  charge(charge: OpenCharge): void
  /** False when nothing was known of the call. */
  end(id: string): boolean
  charges(): OpenCharge[]
  /** As lines: the last that is known of each. */
  snapshot(): string
}

export function createOpenCalls(): OpenCalls {
  const calls = new Map<string, OpenCall>()
  const callOf = (id: string): OpenCall => {
    const known = calls.get(id)
    if (known) return known
    const call = {}
    calls.set(id, call)
    return call
  }
  return {
    get size() {
      return calls.size
    },
    start(call) {
      callOf(call.id).started = call
    },
    startedOf(id) {
      const call = calls.get(id)
      return call?.charge ? undefined : call?.started
    },
    chargeOf: (id) => calls.get(id)?.charge,
    charge(charge) {
      callOf(charge.request.id).charge = charge
    },
    end: (id) => calls.delete(id),
    charges: () => [...calls.values()].flatMap(({ charge }) => charge ?? []),
    snapshot: () => Array.from(calls.values(), linesOf).join(''),
  }
}

function linesOf({ started, charge }: OpenCall): string {
  return (started ? encodeLine({ op: 'started', ...started }) : '') + (charge?.line ?? '')
}
