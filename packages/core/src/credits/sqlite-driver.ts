import { existsSync, realpathSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Logger } from '../options/options.ts'
import { checkedDriver } from './checked-driver.ts'
import type { CreditDriver } from './driver.ts'
import { auditLedger } from './engine/audit.ts'
import { auditedAccount } from './engine/audited-account.ts'
import { balanceOf } from './engine/balance-of.ts'
import { type OwnerLock, takeOwnerLock } from './owner-lock.ts'
import { type Committer, createCommitter } from './sqlite/committer.ts'
import { type LogSync, openLogSync } from './sqlite/log-sync.ts'
import { type OpenLedger, openLedger } from './sqlite/open-ledger.ts'
import { openCreditDatabase } from './sqlite/schema.ts'

export interface SqliteCreditDriverOptions {
  /** Shared with the records; the credit tables begin with `credit_`. */
  readonly file: string
  readonly logger: Logger
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

interface Opened extends OpenLedger {
  readonly lock: OwnerLock
  readonly database: DatabaseSync
  readonly log: LogSync
  readonly committer: Committer
  readonly timer: NodeJS.Timeout
}

/** How often it is written that holds which outlive this process last longer. */
const renewedHoldsMs = 1000

/**
 * Exact credits in a SQLite file that this process alone serves. Balances are decided in memory; a charge is
 * acknowledged when its ledger row is on the disk. A process that dies loses nothing that was acknowledged, and
 * its holds come back for the next one, but for those that were handed over.
 *
 * @example
 * const credits = createSqliteCreditDriver({ file: './tollgate.db', logger: console })
 * await credits.init()
 */
export function createSqliteCreditDriver(options: SqliteCreditDriverOptions): CreditDriver {
  let opened: Opened | undefined
  const open = (): Opened => {
    if (opened) return opened
    throw new GatewayError({ code: 'store_unavailable', message: 'The store of credits is not open.' })
  }
  /** A result counts once it is on the disk; a repeat waits for the first one's row. */
  const durably = async <Result>(step: (ledger: Opened) => Result): Promise<Result> => {
    const ledger = open()
    const result = step(ledger)
    if (!ledger.journal.isEmpty || ledger.committer.isBehind) await ledger.committer.commit()
    return result
  }
  return checkedDriver({
    kind: 'sqlite',
    durability: 'sync',
    multiProcess: false,
    init: async () => {
      opened ??= openFile(options)
    },
    hold: (request) => refuseWhenBroken(open()).engine.hold(request),
    extend: (id, account, request) => open().engine.extend(id, account, request),
    settle: (request) => durably(({ engine }) => engine.settle(request)),
    release: (id, account) => durably(({ engine }) => engine.release(id, account)),
    handOver: (id, account) =>
      durably(({ engine, journal }) => {
        const hold = engine.account(account).holds.get(id)
        if (hold) journal.handedOver(hold)
      }),
    credit: (request) => durably(({ engine }) => engine.credit(request)),
    balance: async (account) => balanceOf(open().engine.account(account)),
    expire: (limit) => durably(({ engine }) => engine.expire(limit)),
    ledger: async function* (account, from = 1, to = Number.MAX_SAFE_INTEGER) {
      const ledger = await durably((current) => current)
      yield* ledger.rows(account, { from, to })
    },
    find: async (account, id) => (await durably((current) => current)).call(account, id),
    accounts: async function* () {
      const ledger = await durably((current) => current)
      yield* ledger.accounts()
    },
    audit: async (account) => auditAccount(open(), account),
    close: async () => {
      const closing = opened
      opened = undefined
      if (closing) await closeFile(closing)
    },
  })
}

function openFile({ file: name, logger, now = Date.now }: SqliteCreditDriverOptions): Opened {
  const file = realFile(name)
  const lock = takeOwnerLock(
    file,
    `another process serves the credits of "${name}". Use one process for a SQLite store, ` +
      'or a store that processes can share.',
  )
  let database: DatabaseSync | undefined
  try {
    database = openCreditDatabase(file)
    const ledger = openLedger(database, now)
    const log = openLogSync(file, database)
    const committer = createCommitter({
      write: () => ledger.journal.commit(),
      sync: log.sync,
      syncNow: log.syncNow,
      logger,
    })
    const timer = setInterval(() => committer.commit().catch(() => {}), renewedHoldsMs)
    timer.unref()
    return { ...ledger, lock, database, log, committer, timer }
  } catch (error) {
    database?.close()
    lock.release()
    throw error
  }
}

/** SQLite follows links, and each release of an application may have a link of its own to the one file. */
function realFile(name: string): string {
  return existsSync(name) ? realpathSync(name) : name
}

/** Without a disk to write to, a call could be served whose charge is lost. */
function refuseWhenBroken(ledger: Opened): Opened {
  if (!ledger.committer.isBroken) return ledger
  throw new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.' })
}

/** Of one moment: what happens meanwhile has later numbers. */
function auditAccount(ledger: Opened, account: string) {
  const state = ledger.engine.account(account)
  ledger.committer.commitNow()
  const audited = auditedAccount(state)
  const rows = ledger.rows(account, { from: 1, to: audited.balance.seq })
  return auditLedger(inTurn(rows), audited)
}

async function* inTurn<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items
}

async function closeFile({ committer, timer, log, database, lock }: Opened): Promise<void> {
  clearInterval(timer)
  try {
    await committer.close()
  } finally {
    log.close()
    database.close()
    lock.release()
  }
}
