import type { DatabaseSync } from 'node:sqlite'
import { callIdTime } from '../call-id.ts'
import type { LedgerEntry } from '../driver.ts'
import { withoutAsked } from '../engine/account-state.ts'
import type { CreditEngine } from '../engine/engine.ts'
import { createCreditEngine } from '../engine/engine.ts'
import { createJournal, type Journal } from './journal.ts'
import { loadAccount } from './load-account.ts'
import { createRecentRows } from './recent-rows.ts'
import { decodeRow } from './row-codec.ts'
import { prepareStatements, type Statements } from './statements.ts'

const pageSize = 500

/** An engine over the tables of an open file. */
export interface OpenLedger {
  readonly engine: CreditEngine
  readonly journal: Journal
  /** Committed rows in their order, up to `to`. */
  rows(account: string, range: { readonly from: number; readonly to?: number }): Generator<LedgerEntry>
  /** The newest row that ended a call, of those that were committed. */
  call(account: string, id: string): LedgerEntry | undefined
  accounts(): Generator<string>
}

export function openLedger(database: DatabaseSync, now: () => number): OpenLedger {
  const statements = prepareStatements(database)
  const recent = createRecentRows({ now, othersUntil: youngestCall(statements) })
  const journal = createJournal({ database, statements, onCommit: recent.written })
  const engine = createCreditEngine({
    now,
    store: {
      load(id) {
        const account = loadAccount(statements, id)
        for (const hold of account?.holds.values() ?? []) journal.stored(hold)
        return account
      },
      findRow(account, ref, rowClass) {
        const row = recent.find(account, ref, rowClass)
        if (row || (rowClass === 'call' && recent.covers(ref))) return row
        const stored = statements.findRow.get(ref, account, rowClass)
        return stored && decodeRow(stored)
      },
      append(row) {
        journal.append(row)
        recent.add(row)
      },
      changed: journal.changed,
      ended: journal.ended,
      pending: journal.pending,
    },
  })
  loadUnfinished(statements, engine)
  return {
    engine,
    journal,
    rows: (account, range) => readRows(statements, account, range),
    call(account, id) {
      const stored = statements.findRow.get(id, account, 'call')
      return stored && withoutAsked(decodeRow(stored))
    },
    accounts: () => readAccounts(statements),
  }
}

/** Accounts with holds or grants that time will end, whether or not anybody calls. */
function loadUnfinished({ holders, granted }: Statements, engine: CreditEngine): void {
  for (const { account } of [...holders.all(), ...granted.all()]) engine.account(account as string)
}

/** When it was made, of all that have rows: their ids are in the order of their making. 0 where there is none. */
function youngestCall({ callRefs }: Statements): number {
  for (const { ref } of callRefs.iterate()) {
    const madeAt = callIdTime(ref as string)
    if (madeAt !== undefined) return madeAt
  }
  return 0
}

function* readRows(
  statements: Statements,
  account: string,
  { from, to = Number.MAX_SAFE_INTEGER }: { readonly from: number; readonly to?: number },
): Generator<LedgerEntry> {
  for (let next = from, full = true; full; ) {
    const page = statements.rows.all(account, next, to, pageSize)
    for (const row of page) {
      const entry = withoutAsked(decodeRow(row))
      next = entry.seq + 1
      yield entry
    }
    full = page.length === pageSize
  }
}

function* readAccounts(statements: Statements): Generator<string> {
  for (let after = '', full = true; full; ) {
    const page = statements.accounts.all(after, pageSize)
    for (const { id } of page) yield id as string
    full = page.length === pageSize
    after = String(page.at(-1)?.id ?? '')
  }
}
