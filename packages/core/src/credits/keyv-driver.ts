import { GatewayError } from '../errors/gateway-error.ts'
import type { Logger } from '../options/options.ts'
import { checkedDriver } from './checked-driver.ts'
import type { CreditDriver, LedgerEntry } from './driver.ts'
import {
  type AccountState,
  type EngineRow,
  emptyAccount,
  type RowClass,
  withoutAsked,
} from './engine/account-state.ts'
import { auditLedger } from './engine/audit.ts'
import { auditedAccount } from './engine/audited-account.ts'
import { balanceOf } from './engine/balance-of.ts'
import { createCreditEngine } from './engine/engine.ts'
import { type OpenRecords, openLedgerRecords } from './keyv/ledger-records.ts'
import { createOwnership } from './keyv/ownership.ts'
import { createWriteBehind } from './keyv/write-behind.ts'
import { createRecentRows } from './sqlite/recent-rows.ts'

export interface KeyvCreditDriverOptions {
  readonly records: OpenRecords
  readonly logger: Logger
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/** By so much the clock of a process of an earlier version, which did not say, may have been ahead of ours. */
const clockSkewMs = 60_000

/** What one step is about. */
interface Subject {
  readonly account: string
  readonly ref: string
  readonly rowClass: RowClass
}

/**
 * Exact credits in a store that only reads and writes single values, as long as this process is its only writer:
 * balances are decided in memory, in turn for each account, and a result counts once it is written. Every account is
 * one value, so that a process that dies leaves no half of a change, and a write that was given up changes nothing
 * that counts, whenever it lands.
 *
 * @example
 * const credits = createKeyvCreditDriver({ records: store.records, logger: console })
 * await credits.init()
 */
export function createKeyvCreditDriver({
  records,
  logger,
  now = Date.now,
}: KeyvCreditDriverOptions): CreditDriver {
  const ledger = openLedgerRecords(records)
  const ownership = createOwnership(records, logger)
  const begin = () =>
    createRecentRows({ now, othersUntil: Math.max(now() + clockSkewMs, ledger.youngestCall) })
  let recent = begin()
  const loaded = new Map<string, AccountState>()
  const turns = new Map<string, Promise<unknown>>()
  /** What was looked up for the step that runs now. */
  let lookedUp: EngineRow | undefined
  let isClosing = false
  const behind = createWriteBehind(async (changes) => {
    if (ownership.isLost) throw new Error('Another process may write to this store.')
    await ledger.write(changes)
    await ownership.confirm()
    recent.written()
  }, logger)
  const stateOf = (id: string): AccountState => {
    const state = loaded.get(id) ?? emptyAccount(id)
    loaded.set(id, state)
    return state
  }
  const engine = createCreditEngine({
    now,
    store: {
      load: stateOf,
      findRow: (account, ref, rowClass) => recent.find(account, ref, rowClass) ?? lookedUp,
      append(row) {
        recent.add(row)
        behind.append(row)
      },
      changed: behind.changed,
      ended: ({ account }) => behind.changed(stateOf(account)),
      pending: ({ account }) => behind.changed(stateOf(account)),
    },
  })

  /** A row that is about to be forgotten in memory is kept by having been looked at first. */
  const lookUp = async ({ account, ref, rowClass }: Subject): Promise<EngineRow | undefined> => {
    const row = recent.find(account, ref, rowClass)
    if (row || (rowClass === 'call' && recent.covers(ref))) return row
    // A pending hold has no row yet, and one that it gets while we look would be missed.
    if (rowClass === 'call' && stateOf(account).holds.has(ref)) return undefined
    return ledger.findRow(account, ref, rowClass)
  }
  const run = async <Result>(subject: Subject, step: () => Result): Promise<Result> => {
    if (ownership.isLost || isClosing) throw unavailable()
    const row = await lookUp(subject)
    lookedUp = row
    try {
      return step()
    } finally {
      lookedUp = undefined
    }
  }
  /** Steps of one account follow each other; what they did is written together. */
  const inTurn = async <Result>(subject: Subject, step: () => Result): Promise<Result> => {
    const turn = (turns.get(subject.account) ?? Promise.resolve()).then(() => run(subject, step))
    const settled = turn.catch(() => {})
    turns.set(subject.account, settled)
    settled.then(() => {
      if (turns.get(subject.account) === settled) turns.delete(subject.account)
    })
    const result = await turn
    await behind.written()
    return result
  }
  const call = (account: string, ref: string): Subject => ({ account, ref, rowClass: 'call' })

  async function* rows(account: string, from: number, to: number): AsyncGenerator<LedgerEntry, void> {
    for (let seq = from; seq <= to; seq += 1) {
      const row = await ledger.row(account, seq)
      if (!row) throw unavailable()
      yield withoutAsked(row)
    }
  }
  return checkedDriver({
    kind: 'keyv',
    durability: 'window',
    multiProcess: false,
    async init() {
      const before = await ownership.take()
      for (const account of await ledger.load()) loaded.set(account.id, account)
      // Until then another process may have written, however long ago this one began to ask for its place.
      recent = begin()
      await ownership.begin(ledger.begin(before))
      // Time ends their holds and grants, whether or not anybody calls.
      for (const id of loaded.keys()) engine.account(id)
    },
    identity: ownership.identity,
    async hold(request) {
      if (behind.isBroken) throw unavailable()
      return inTurn(call(request.account, request.id), () => engine.hold(request))
    },
    extend: (id, account, request) => inTurn(call(account, id), () => engine.extend(id, account, request)),
    settle: (request) => inTurn(call(request.account, request.id), () => engine.settle(request)),
    release: (id, account) => inTurn(call(account, id), () => engine.release(id, account)),
    credit: (request) => {
      const { account, ref } = request
      return inTurn({ account, ref, rowClass: 'credit' }, () => engine.credit(request))
    },
    balance: async (account) => balanceOf(engine.account(account)),
    async expire(limit) {
      const given = engine.expire(limit)
      await behind.written()
      return given
    },
    async *ledger(account, fromSeq = 1, toSeq = Number.POSITIVE_INFINITY) {
      await behind.written()
      yield* rows(account, fromSeq, Math.min(toSeq, stateOf(account).seq))
    },
    async find(account, id) {
      await behind.written()
      const row = await lookUp(call(account, id))
      return row && withoutAsked(row)
    },
    async *accounts() {
      await behind.written()
      yield* [...loaded.values()]
        .filter(({ seq }) => seq > 0)
        .map(({ id }) => id)
        .sort()
    },
    async audit(account) {
      const audited = auditedAccount(engine.account(account))
      await behind.written()
      return auditLedger(rows(account, 1, audited.balance.seq), audited)
    },
    async close() {
      let isClean = false
      // Behind a goodbye nothing may be written any more: what has been looked up is done before.
      isClosing = true
      await Promise.all(turns.values())
      try {
        await behind.close()
        isClean = true
      } finally {
        await ownership.stop(isClean)
      }
    },
  })
}

function unavailable(): GatewayError {
  return new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.' })
}
