import type { CreditRequest, CreditResult, HoldRequest, HoldResult, SettleResult } from '../../driver.ts'

/** One call and whatever its callers were told of it. */
export interface SeenCall {
  readonly request: HoldRequest
  readonly holds: HoldResult[]
  readonly ends: SettleResult[]
  /** Nobody ends it: time must. */
  isAbandoned: boolean
}

export interface SeenCredit {
  readonly request: CreditRequest
  readonly results: CreditResult[]
}

/** What all callers together have seen. */
export interface Seen {
  readonly calls: SeenCall[]
  readonly credits: SeenCredit[]
  /** Operations that are left. */
  left: number
  /** Calls of the limited key that are surely under way. */
  underWay: number
  mostUnderWay: number
}

export function nothingSeen(operations: number): Seen {
  return { calls: [], credits: [], left: operations, underWay: 0, mostUnderWay: 0 }
}
