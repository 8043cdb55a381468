import { callIdTime } from '../call-id.ts'
import { classOf, type EngineRow, type RowClass } from '../engine/account-state.ts'

/** Rows written lately, by reference, so that fresh calls need no look at the file. */
export interface RecentRows {
  add(row: EngineRow): void
  find(account: string, ref: string, rowClass: RowClass): EngineRow | undefined
  /** True when a call id is so young that its row, if there is any, is among these. */
  covers(ref: string): boolean
}

interface Generation {
  readonly since: number
  readonly rows: Map<string, EngineRow>
}

/**
 * Two generations of at most `size` rows each: enough for the repeats that follow a failure at once, and so few
 * that rows die young, which is what keeps garbage collection cheap.
 */
export function createRecentRows(now: () => number, size = 2000): RecentRows {
  let older: Generation | undefined
  let newer: Generation = { since: now(), rows: new Map() }
  const keyOf = (account: string, ref: string, rowClass: RowClass) => `${rowClass} ${account} ${ref}`
  return {
    add(row) {
      if (newer.rows.size >= size) {
        older = newer
        newer = { since: now(), rows: new Map() }
      }
      newer.rows.set(keyOf(row.account, row.ref, classOf(row.op)), row)
    },
    find(account, ref, rowClass) {
      const key = keyOf(account, ref, rowClass)
      return newer.rows.get(key) ?? older?.rows.get(key)
    },
    covers(ref) {
      const madeAt = callIdTime(ref)
      return madeAt !== undefined && madeAt > (older ?? newer).since
    },
  }
}
