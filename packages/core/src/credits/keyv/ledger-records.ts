import type { RecordStore } from '../../store/record-store.ts'
import { type AccountState, classOf, type EngineRow, type RowClass } from '../engine/account-state.ts'
import { type Handover, openAccountHeads } from './account-heads.ts'
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
  /** When the youngest call was made that has a row, by whatever clock. */
  readonly youngestCall: number
  /** Every account as it was last written. */
  load(): Promise<AccountState[]>
  /** After `load`, before the first write. Resolves to the epoch that is written in. */
  begin(before: Handover): number
  /** A row of that reference among those that its account, as it was last written, has. */
  findRow(account: string, ref: string, rowClass: RowClass): Promise<EngineRow | undefined>
  row(account: string, seq: number): Promise<EngineRow | undefined>
  /** Rows first: they count once the account, which is one value, has their number. */
  write(changes: Changes): Promise<void>
}

/**
 * A call whose hold expired may be charged later, and has two rows then. Each has a name of its own, so that the
 * older one can land on nothing, whenever it does.
 */
type Slot = RowClass | 'late'

interface Outcome {
  readonly account: string
  readonly ref: string
  readonly slot: Slot
}

const slotOf = (op: EngineRow['op']): Slot => (op === 'settle_late' ? 'late' : classOf(op))
/** The last word of a reference first. */
const slotsOf = (rowClass: RowClass): readonly Slot[] => (rowClass === 'call' ? ['late', 'call'] : [rowClass])

/**
 * With the length of the account, since both parts may hold any character, and with the epoch: what a process that
 * died had sent may land on nothing that its successor wrote. A process repeats what it wrote itself.
 */
const rowId = (epoch: number, account: string, seq: number) => `${epoch}:${account.length}:${account}:${seq}`
const outcomeId = (epoch: number, { account, ref, slot }: Outcome) =>
  `${epoch}:${slot}:${account.length}:${account}:${ref}`

export function openLedgerRecords(open: OpenRecords): LedgerRecords {
  const heads = openAccountHeads(open)
  const rows = open<RowRecord>('credit-rows')
  const outcomes = open<{ readonly seq: number }>('credit-outcomes')

  const row = async (account: string, seq: number) => {
    const record = await rows.get(rowId(heads.epochOf(account, seq), account, seq))
    return record && fromRowRecord(record)
  }
  const rowIn = async (epoch: number, subject: Outcome) => {
    const { account, ref } = subject
    const outcome = await outcomes.get(outcomeId(epoch, subject))
    // A process may have died between a row and its account: such a row never happened.
    if (!outcome || outcome.seq > heads.rows(account)) return undefined
    if (heads.epochOf(account, outcome.seq) !== epoch) return undefined
    const found = await row(account, outcome.seq)
    return found?.ref === ref && slotOf(found.op) === subject.slot ? found : undefined
  }
  return {
    get youngestCall() {
      return heads.youngestCall
    },
    load: heads.load,
    begin: heads.begin,
    row,
    async findRow(account, ref, rowClass) {
      const epochs = heads.epochs(account)
      const places = slotsOf(rowClass).flatMap((slot) => epochs.map((epoch) => [epoch, slot] as const))
      const found = places.map(([epoch, slot]) => rowIn(epoch, { account, ref, slot }))
      return (await Promise.all(found)).find((each) => each !== undefined)
    },
    async write({ rows: added, accounts }) {
      const states = heads.snapshot(accounts, added)
      const { epoch } = heads
      await rows.putMany(added.map((each) => [rowId(epoch, each.account, each.seq), toRowRecord(each)]))
      await outcomes.putMany(
        added.map(({ account, ref, op, seq }) => [
          outcomeId(epoch, { account, ref, slot: slotOf(op) }),
          { seq },
        ]),
      )
      await heads.write(states)
    },
  }
}
