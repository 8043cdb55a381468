import { checkedDriver } from './checked-driver.ts'
import type { CreditDriver, LedgerEntry } from './driver.ts'
import {
  classOf,
  type EngineRow,
  type EngineStore,
  type RowClass,
  withoutAsked,
} from './engine/account-state.ts'
import { auditLedger } from './engine/audit.ts'
import { auditedAccount } from './engine/audited-account.ts'
import { balanceOf } from './engine/balance-of.ts'
import { createCreditEngine } from './engine/engine.ts'

interface AccountRows {
  readonly rows: EngineRow[]
  /** The newest of each class by reference. A reference is looked up as it is: its hash is known already. */
  readonly byRef: Readonly<Record<RowClass, Map<string, EngineRow>>>
}

const emptyRows = (): AccountRows => ({
  rows: [],
  byRef: { call: new Map(), credit: new Map(), grant: new Map() },
})

/** The clock, for tests. */
export interface MemoryCreditDriverOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/**
 * Exact credits in this process alone, lost with it: for tests and trials.
 *
 * @example
 * const credits = createMemoryCreditDriver()
 * await credits.credit({ account: 'acme', ref: 'invoice-1', amount: 25_000_000_000n, kind: 'topup' })
 */
export function createMemoryCreditDriver({ now = Date.now }: MemoryCreditDriverOptions = {}): CreditDriver {
  const accounts = new Map<string, AccountRows>()
  const store = createMemoryStore(accounts)
  const engine = createCreditEngine({ store, now })
  async function* ledger(account: string, fromSeq = 1, toSeq?: number): AsyncGenerator<LedgerEntry> {
    const rows = accounts.get(account)?.rows.slice(fromSeq - 1, toSeq) ?? []
    for (const row of rows) yield withoutAsked(row)
  }
  return checkedDriver({
    kind: 'memory',
    durability: 'none',
    multiProcess: false,
    init: async () => {},
    hold: engine.hold,
    extend: engine.extend,
    settle: engine.settle,
    release: engine.release,
    credit: async (request) => engine.credit(request),
    balance: async (account) => balanceOf(engine.account(account)),
    expire: async (limit) => engine.expire(limit),
    ledger,
    find: async (account, id) => {
      const row = store.findRow(account, id, 'call')
      return row && withoutAsked(row)
    },
    accounts: async function* () {
      yield* [...accounts.keys()].sort()
    },
    audit: async (account) => auditLedger(ledger(account), auditedAccount(engine.account(account))),
    close: async () => {},
  })
}

function createMemoryStore(accounts: Map<string, AccountRows>): EngineStore {
  return {
    load: () => undefined,
    findRow: (account, ref, rowClass) => accounts.get(account)?.byRef[rowClass].get(ref),
    append(row) {
      let account = accounts.get(row.account)
      if (!account) {
        account = emptyRows()
        accounts.set(row.account, account)
      }
      account.rows.push(row)
      account.byRef[classOf(row.op)].set(row.ref, row)
    },
    changed() {},
    ended() {},
    pending() {},
  }
}
