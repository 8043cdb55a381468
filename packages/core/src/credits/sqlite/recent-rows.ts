import { callIdTime } from '../call-id.ts'
import { classOf, type EngineRow, type RowClass } from '../engine/account-state.ts'

/** Rows that are not in the file yet, and those written last, so that fresh calls need no look at it. */
export interface RecentRows {
  add(row: EngineRow): void
  find(account: string, ref: string, rowClass: RowClass): EngineRow | undefined
  /** True when a call id is so young that its row, if there is any, is among these. */
  covers(ref: string): boolean
  /** Every row is in the file. */
  written(): void
}

interface Generation {
  readonly since: number
  readonly rows: Map<string, EngineRow>
}

/**
 * How long written rows are kept at least. Repeats that follow a failure at once come sooner, and rows that go
 * soon die young, which is what keeps garbage collection cheap.
 */
const keptMs = 20

export function createRecentRows(now: () => number): RecentRows {
  let newer: Generation = { since: now(), rows: new Map() }
  let older = newer
  const keyOf = (account: string, ref: string, rowClass: RowClass) => `${rowClass} ${account} ${ref}`
  return {
    add(row) {
      newer.rows.set(keyOf(row.account, row.ref, classOf(row.op)), row)
    },
    find(account, ref, rowClass) {
      const key = keyOf(account, ref, rowClass)
      return newer.rows.get(key) ?? older.rows.get(key)
    },
    covers(ref) {
      const madeAt = callIdTime(ref)
      return madeAt !== undefined && madeAt > older.since
    },
    written() {
      if (now() - newer.since < keptMs) return
      older = newer
      newer = { since: now(), rows: new Map() }
    },
  }
}
