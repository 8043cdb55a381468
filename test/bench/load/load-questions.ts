import type { Expectation } from './judge.ts'
import type { LoadResult } from './tally.ts'

export interface Target {
  readonly port: number
  readonly authorization: string
}

/** What to send; both processes make the same bytes of it. */
export interface LoadTask {
  readonly target: Target
  readonly path: string
  readonly body: Buffer
  readonly expectation: Expectation
  /** Body bytes of the answer after which the client leaves. */
  readonly leaveAfter?: number
}

/** Every connection makes its next call when the last has ended, for so long. */
export interface ClosedLoop extends LoadTask {
  readonly connections: number
  readonly seconds: number
}

/** So many calls at once, each on a connection of its own, begun one after another within `rampMs`. */
export interface SideBySide extends LoadTask {
  readonly streams: number
  readonly rampMs: number
}

export interface LoadQuestions {
  closedLoop(task: ClosedLoop): Promise<LoadResult>
  sideBySide(task: SideBySide): Promise<LoadResult>
  /** Streams under way that had a byte within the last `withinMs`. */
  alive(withinMs: number): number
}
