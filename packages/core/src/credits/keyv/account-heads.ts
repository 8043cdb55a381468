import { GatewayError } from '../../errors/gateway-error.ts'
import { type AccountState, callMadeAt, type EngineRow } from '../engine/account-state.ts'
import { type AccountRecord, fromRecord, toRecord } from './account-record.ts'
import type { OpenRecords } from './ledger-records.ts'

/** From this row on, an account's rows were written in that epoch. */
interface Span {
  readonly epoch: number
  readonly from: number
}

/** An account as it was written. Of several, the one of the latest epoch counts, and in it of the latest attempt. */
export interface Head extends AccountRecord {
  readonly account: string
  readonly epoch: number
  readonly attempt: number
  readonly spans: readonly Span[]
  /** When the youngest call was made that had a row then, in whatever account; earlier versions did not write it. */
  readonly youngestCall?: number
}

/** What the writer before has left. */
export interface Handover {
  readonly epoch: number
  /** Nothing that it sent can still change what was written. */
  readonly isClean: boolean
}

/**
 * The newest state of every account. A write that was given up may still land, whenever it likes: so no key that it
 * went to is ever written again, and where it lands it is older than what counts.
 */
export interface AccountHeads {
  readonly epoch: number
  /** When the youngest call was made that has a row, by whatever clock; 0 where none is known. */
  readonly youngestCall: number
  load(): Promise<AccountState[]>
  /** After `load`: the epoch to write in, which is new unless all before is known to have ended. */
  begin(before: Handover): number
  /** What would be written of the accounts as they are now, with these rows. */
  snapshot(accounts: Iterable<AccountState>, added: readonly EngineRow[]): readonly Head[]
  write(heads: readonly Head[]): Promise<void>
  /** How many rows the account has that count. */
  rows(account: string): number
  /** Where a row of that number is, if not of the account as it was last written then of the next. */
  epochOf(account: string, seq: number): number
  /** All in which the account has rows, the latest first. */
  epochs(account: string): number[]
}

interface Written extends Pick<Head, 'seq' | 'spans'> {
  readonly key: string
}

type Turn = Pick<Head, 'epoch' | 'attempt'>

const keyOf = ({ account, epoch, attempt }: Head) => `${epoch}.${attempt}:${account}`
const isNewer = (one: Turn, other: Turn) =>
  one.epoch === other.epoch ? one.attempt > other.attempt : one.epoch > other.epoch

export function openAccountHeads(open: OpenRecords): AccountHeads {
  const records = open<Head>('credit-accounts')
  const written = new Map<string, Written>()
  /** Keys that hold, or may yet hold, what does not count any more. */
  let superseded: string[] = []
  let turn: Turn = { epoch: 0, attempt: 0 }
  let youngestCall = 0

  const wrote = (head: Head) => {
    const { account, seq, spans } = head
    written.set(account, { key: keyOf(head), seq, spans })
    youngestCall = Math.max(youngestCall, head.youngestCall ?? 0)
    if (isNewer(head, turn)) turn = { epoch: head.epoch, attempt: head.attempt }
  }
  const spansOf = ({ id, seq }: AccountState): readonly Span[] => {
    const { seq: before, spans } = written.get(id) ?? { seq: 0, spans: [] }
    if (seq === before || spans.at(-1)?.epoch === turn.epoch) return spans
    return [...spans, { epoch: turn.epoch, from: before + 1 }]
  }
  const newest = async (): Promise<Head[]> => {
    const found = new Map<string, Head>()
    for await (const [id, head] of records.list()) {
      // Read as none, it would be an empty account, which is granted again what it had.
      if (!Number.isInteger(head.epoch) || !Array.isArray(head.usages)) throw unreadable(id)
      const other = found.get(head.account)
      const [winner, loser] = other && isNewer(other, head) ? [other, head] : [head, other]
      found.set(head.account, winner)
      if (loser) superseded.push(keyOf(loser))
    }
    return [...found.values()]
  }
  /** Nobody waits: what stays is found by the next process. */
  const removeSuperseded = () => {
    for (const key of superseded.splice(0)) records.delete(key).catch(() => {})
  }
  return {
    get epoch() {
      return turn.epoch
    },
    get youngestCall() {
      return youngestCall
    },
    async load() {
      superseded = []
      const heads = await newest()
      heads.forEach(wrote)
      return heads.map((head) => fromRecord(head.account, head))
    },
    begin({ epoch, isClean }) {
      const latest = Math.max(epoch, turn.epoch)
      if (!isClean || latest > epoch) turn = { epoch: latest + 1, attempt: 0 }
      else if (epoch > turn.epoch) turn = { epoch, attempt: 0 }
      return turn.epoch
    },
    snapshot(accounts, added) {
      for (const row of added) youngestCall = Math.max(youngestCall, callMadeAt(row))
      return Array.from(accounts, (account) => ({
        ...toRecord(account),
        ...turn,
        account: account.id,
        spans: spansOf(account),
        youngestCall,
      }))
    },
    async write(heads) {
      try {
        await records.putMany(heads.map((head) => [keyOf(head), head]))
      } catch (error) {
        superseded.push(...heads.map(keyOf))
        turn = { ...turn, attempt: turn.attempt + 1 }
        throw error
      }
      for (const head of heads) {
        const before = written.get(head.account)
        if (before && before.key !== keyOf(head)) superseded.push(before.key)
        wrote(head)
      }
      removeSuperseded()
    },
    rows: (account) => written.get(account)?.seq ?? 0,
    epochOf(account, seq) {
      const known = written.get(account)
      const span = known && seq <= known.seq && known.spans.findLast(({ from }) => from <= seq)
      return span ? span.epoch : turn.epoch
    },
    epochs: (account) => (written.get(account)?.spans ?? []).map(({ epoch }) => epoch).reverse(),
  }
}

function unreadable(id: string): GatewayError {
  const message = `The account "${id}" in the store was written by another version.`
  return new GatewayError({ code: 'store_unavailable', message })
}
