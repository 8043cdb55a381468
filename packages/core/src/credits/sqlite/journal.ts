import type { DatabaseSync } from 'node:sqlite'
import type { AccountState, EngineRow, LimitUsage, PendingHold } from '../engine/account-state.ts'
import { limitsRecord } from '../engine/limits-record.ts'
import { encodeRow } from './row-codec.ts'
import type { Statements } from './statements.ts'

/** What has changed in memory since the last commit. */
export interface Journal {
  readonly isEmpty: boolean
  append(row: EngineRow): void
  changed(account: AccountState, row?: EngineRow): void
  /** To be written where it has been before. */
  pending(hold: PendingHold): void
  /** To be removed where it has been written. */
  ended(hold: PendingHold): void
  /** Read from the file, where it must not stay when it ends: it would be pending again for the next process. */
  stored(hold: PendingHold): void
  /**
   * To be written. No other hold ever is: nobody could charge it once its process is gone, whose end gives it back.
   */
  handedOver(hold: PendingHold): void
  /** One transaction; false when there was nothing to write. What it could not write stays. */
  commit(): boolean
}

export interface JournalOptions {
  readonly database: DatabaseSync
  readonly statements: Statements
  /** Everything that was appended is in the file. */
  onCommit(): void
}

export function createJournal({ database, statements, onCommit }: JournalOptions): Journal {
  let rows: EngineRow[] = []
  /** With the sets of limits whose spending changed. */
  const accounts = new Map<AccountState, Set<string>>()
  const written = new Set<PendingHold>()
  const over = new Set<PendingHold>()
  /** Handed over, or larger or longer than they were written. */
  const due = new Set<PendingHold>()

  const write = () => {
    for (const row of rows) statements.putRow.run(...encodeRow(row))
    for (const [account, changed] of accounts) writeAccount(statements, account, changed)
    for (const hold of due) writeHold(statements, hold)
    for (const hold of over) statements.deleteHold.run(hold.account, hold.id)
  }
  const forget = () => {
    rows = []
    // Not before it is committed: of what was undone, the file has still the grants that have ended.
    for (const account of accounts.keys()) account.grantsStored = account.grants.length > 0
    accounts.clear()
    over.clear()
    for (const hold of due) written.add(hold)
    due.clear()
  }
  return {
    get isEmpty() {
      return rows.length === 0 && accounts.size === 0 && over.size === 0 && due.size === 0
    },
    append: (row) => void rows.push(row),
    changed(account, row) {
      const usages = accounts.get(account) ?? new Set()
      if (row?.key !== undefined) usages.add(row.key)
      for (const id of row?.otherLimits ?? []) usages.add(id)
      accounts.set(account, usages)
    },
    pending(hold) {
      if (written.has(hold)) due.add(hold)
    },
    ended(hold) {
      due.delete(hold)
      if (written.delete(hold)) over.add(hold)
    },
    stored: (hold) => void written.add(hold),
    handedOver: (hold) => void due.add(hold),
    commit() {
      if (this.isEmpty) return false
      database.exec('BEGIN IMMEDIATE')
      try {
        write()
        database.exec('COMMIT')
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
      forget()
      onCommit()
      return true
    },
  }
}

function writeAccount(statements: Statements, account: AccountState, changed: ReadonlySet<string>): void {
  const { id, available, held, spent, topups } = account
  statements.putAccount.run(id, available + held, spent, topups, account.seq)
  for (const name of changed) {
    const usage = account.usages.get(name)
    if (usage) writeUsage(statements, id, usage)
  }
  if (account.grants.length === 0 && !account.grantsStored) return
  statements.deleteGrants.run(id)
  for (const { ref, seq, expiresAt, remaining } of account.grants) {
    statements.putGrant.run(id, ref, seq, expiresAt, remaining)
  }
}

function writeUsage(statements: Statements, account: string, { id, spend }: LimitUsage): void {
  const { day, week, month, lifetime } = spend
  const windows = [day.id, day.spent, week.id, week.spent, month.id, month.spent] as const
  statements.putUsage.run(account, id, ...windows, lifetime.spent)
}

function writeHold(statements: Statements, hold: PendingHold): void {
  const { account, id, asked, amount, expiresAt, takenAt, limits } = hold
  const record = limits.length === 0 ? null : JSON.stringify(limitsRecord(limits))
  statements.putHold.run(account, id, asked, amount, expiresAt, takenAt, record)
}
