import type { Principal } from '../../access/principal.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Skipped } from '../attempts/course.ts'
import type { Candidate, Wanted } from '../resolve.ts'

/** What is known of a call when its candidates are planned. */
export interface PlannedCall extends Wanted {
  readonly principal: Principal
  readonly exchange: Exchange
}

/** Where a call may go. */
export interface CandidatePlan {
  /** In the order in which they are tried. */
  readonly candidates: readonly Candidate[]
  readonly skipped: readonly Skipped[]
  /** Names the conversation, so that it stays where it was served; undefined where nothing was chosen. */
  readonly conversation: string | undefined
}
