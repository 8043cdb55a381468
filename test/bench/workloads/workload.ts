import type { Expectation } from '../load/judge.ts'
import type { Scenario } from '../upstream.ts'

/** One kind of load, the same for every server. */
export interface Workload {
  /** As `--only` names it. */
  readonly name: string
  readonly title: string
  readonly load: ClosedLoad | StreamLoad
  readonly scenario: Scenario
  /** @default Chat Completions */
  readonly path?: string
  readonly body: Buffer
  readonly expectation: Expectation
  readonly leaveAfter?: number
  /** Nano-dollars a gateway must charge every call, or that it must charge something. */
  readonly charge: bigint | 'something'
  readonly limits: readonly Limit[]
}

/** As many calls as come through. */
export interface ClosedLoad {
  readonly kind: 'closed-loop'
  readonly connections: number
}

/** A fixed number of long streams side by side. */
export interface StreamLoad {
  readonly kind: 'side-by-side'
  readonly streams: number
  readonly rampMs: number
}

/** What this gateway may need at most, relative to http-proxy-middleware in the same run. */
export interface Limit {
  readonly store: 'sqlite' | 'memory'
  readonly of: 'processor' | 'memory'
  readonly ratio: number
}

export function bothStores(of: Limit['of'], ratio: number): readonly Limit[] {
  return [
    { store: 'sqlite', of, ratio },
    { store: 'memory', of, ratio },
  ]
}
