import { callIdTime } from '../call-id.ts'
import { callMadeAt, classOf, type EngineRow, type RowClass } from '../engine/account-state.ts'

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
  readonly begunAt: number
  /** What was made later has its row here or in a younger one. */
  readonly since: number
  readonly rows: RowTable
}

export interface RecentRowsOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** No other process has written a row of a call that was made later, by whatever clock. */
  readonly othersUntil: number
}

/**
 * How long written rows are kept at least. Repeats that follow a failure at once come sooner, and rows that go
 * soon die young, which is what keeps garbage collection cheap.
 */
const keptMs = 20

/**
 * Where the clock is set back, rows are written of calls that look younger than they are, and calls are made that look
 * older: both are looked for where all rows are.
 */
export function createRecentRows({ now, othersUntil }: RecentRowsOptions): RecentRows {
  /** When the youngest call was made that has a row, by whatever clock. */
  let youngest = othersUntil
  const begin = (): Generation => {
    const begunAt = now()
    return { begunAt, since: Math.max(begunAt, youngest), rows: createRowTable() }
  }
  let newer = begin()
  let older = newer
  return {
    add(row) {
      youngest = Math.max(youngest, callMadeAt(row))
      newer.rows.add(row)
    },
    find: (account, ref, rowClass) =>
      newer.rows.find(account, ref, rowClass) ?? older.rows.find(account, ref, rowClass),
    covers(ref) {
      const madeAt = callIdTime(ref)
      return madeAt !== undefined && madeAt > older.since
    },
    written() {
      const age = now() - newer.begunAt
      if (age >= 0 && age < keptMs) return
      older = newer
      newer = begin()
    },
  }
}

type RowTable = Pick<RecentRows, 'add' | 'find'>

/** The id of a call is its own whole name, unless a second account comes with it; other references need more. */
function createRowTable(): RowTable {
  const calls = new Map<string, EngineRow>()
  const others = new Map<string, EngineRow>()
  /** With the length of the account, since both parts may hold any character. */
  const fullName = (account: string, ref: string, rowClass: RowClass) =>
    `${rowClass} ${account.length} ${account} ${ref}`
  return {
    add(row) {
      const rowClass = classOf(row.op)
      if (rowClass === 'call' && (calls.get(row.ref) ?? row).account === row.account) calls.set(row.ref, row)
      else others.set(fullName(row.account, row.ref, rowClass), row)
    },
    find(account, ref, rowClass) {
      if (rowClass === 'call') {
        const row = calls.get(ref)
        if (!row || row.account === account) return row
      }
      return others.get(fullName(account, ref, rowClass))
    },
  }
}
