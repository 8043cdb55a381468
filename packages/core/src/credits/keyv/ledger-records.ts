import type { RecordStore } from '../../store/record-store.ts'
import { type AccountState, classOf, type EngineRow, type RowClass } from '../engine/account-state.ts'
import { type AccountRecord, fromRecord, toRecord } from './account-record.ts'
import { fromRowRecord, type RowRecord, toRowRecord } from './row-record.ts'

/** Opens the records of one namespace. */
export type OpenRecords = <Value extends object>(namespace: string) => RecordStore<Value>

/** What has happened since the last write. */
export interface Changes {
  readonly rows: readonly EngineRow[]
  readonly accounts: Iterable<AccountState>
}

/** Accounts and their ledger in a store that can only read and write single values. */
export interface LedgerRecords {
  /** Every account as it was last written. */
  accounts(): AsyncIterable<AccountState>
  /** A row of that reference among those that its account, as it was last written, has. */
  findRow(account: string, ref: string, rowClass: RowClass): Promise<EngineRow | undefined>
  row(account: string, seq: number): Promise<EngineRow | undefined>
  /** Rows first: they count once the account, which is one value, has their number. */
  write(changes: Changes): Promise<void>
}

/** With the length of the account, since both parts may hold any character. */
const rowId = (account: string, seq: number) => `${account.length}:${account}:${seq}`
const outcomeId = (account: string, ref: string, rowClass: RowClass) =>
  `${rowClass}:${account.length}:${account}:${ref}`

export function openLedgerRecords(open: OpenRecords): LedgerRecords {
  const heads = open<AccountRecord>('credit-accounts')
  const rows = open<RowRecord>('credit-rows')
  const outcomes = open<{ readonly seq: number }>('credit-outcomes')

  /** The numbers that accounts had when they were last written or read. */
  const written = new Map<string, number>()

  const row = async (account: string, seq: number) => {
    const record = await rows.get(rowId(account, seq))
    return record && fromRowRecord(record)
  }
  return {
    row,
    accounts: async function* () {
      for await (const [id, record] of heads.list()) {
        written.set(id, record.seq)
        yield fromRecord(id, record)
      }
    },
    async findRow(account, ref, rowClass) {
      const outcome = await outcomes.get(outcomeId(account, ref, rowClass))
      // A process may have died between a row and its account: such a row never happened.
      if (!outcome || outcome.seq > (written.get(account) ?? 0)) return undefined
      const found = await row(account, outcome.seq)
      return found?.ref === ref && classOf(found.op) === rowClass ? found : undefined
    },
    async write({ rows: added, accounts }) {
      const states = Array.from(accounts, (account) => [account.id, toRecord(account)] as const)
      await rows.putMany(added.map((each) => [rowId(each.account, each.seq), toRowRecord(each)]))
      await outcomes.putMany(
        added.map(({ account, ref, op, seq }) => [outcomeId(account, ref, classOf(op)), { seq }]),
      )
      await heads.putMany(states)
      for (const [id, { seq }] of states) written.set(id, seq)
    },
  }
}
