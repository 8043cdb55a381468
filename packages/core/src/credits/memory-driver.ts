import type { CreditDriver, LedgerEntry } from './driver.ts'
import { classOf, type EngineRow, type EngineStore } from './engine/account-state.ts'
import { auditLedger, sumPending } from './engine/audit.ts'
import { balanceOf } from './engine/balance-of.ts'
import { createCreditEngine } from './engine/engine.ts'

interface AccountRows {
  readonly rows: EngineRow[]
  /** The newest by class and reference. */
  readonly byRef: Map<string, EngineRow>
}

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
  async function* ledger(account: string, fromSeq = 1): AsyncGenerator<LedgerEntry> {
    for (const { holdAmount: _, ...entry } of accounts.get(account)?.rows.slice(fromSeq - 1) ?? [])
      yield entry
  }
  return {
    kind: 'memory',
    durability: 'none',
    multiProcess: false,
    init: async () => {},
    hold: async (request) => engine.hold(request),
    extend: async (id, account, request) => engine.extend(id, account, request),
    settle: async (request) => engine.settle(request),
    release: async (id, account) => engine.release(id, account),
    credit: async (request) => engine.credit(request),
    balance: async (account) => balanceOf(engine.account(account)),
    expire: async (limit) => engine.expire(limit),
    ledger,
    accounts: async function* () {
      yield* [...accounts.keys()].sort()
    },
    audit: async (account) => {
      const state = engine.account(account)
      const pending = sumPending(state.holds.values())
      return auditLedger(ledger(account), { account, balance: balanceOf(state), pending })
    },
    close: async () => {},
  }
}

function createMemoryStore(accounts: Map<string, AccountRows>): EngineStore {
  return {
    load: () => undefined,
    findRow: (account, ref, rowClass) => accounts.get(account)?.byRef.get(`${rowClass} ${ref}`),
    append(row) {
      let account = accounts.get(row.account)
      if (!account) {
        account = { rows: [], byRef: new Map() }
        accounts.set(row.account, account)
      }
      account.rows.push(row)
      account.byRef.set(`${classOf(row.op)} ${row.ref}`, row)
    },
    changed() {},
    ended() {},
    pending() {},
  }
}
