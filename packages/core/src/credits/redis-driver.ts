import type { Logger } from '../options/options.ts'
import type { RedisConnection } from '../store/redis/redis-connection.ts'
import { checkedDriver } from './checked-driver.ts'
import type { CreditDriver, LedgerEntry, SettleResult } from './driver.ts'
import { auditLedger } from './engine/audit.ts'
import { createKeyNames } from './redis/account-keys.ts'
import { checkServer } from './redis/check-server.ts'
import { expireDue } from './redis/expire-due.ts'
import { findRow } from './redis/find-row.ts'
import { readRows } from './redis/read-rows.ts'
import { createRegistry } from './redis/registry.ts'
import { readBalance, readCredit, readHold, readOutcome, readSnapshot } from './redis/replies.ts'
import { creditArguments, extendArguments, holdArguments, settleArguments } from './redis/requests.ts'
import { scripts } from './redis/scripts.ts'
import { createStoreClock } from './redis/store-clock.ts'

export interface RedisCreditDriverOptions {
  /** Bounds every call, and is closed by who opened it. */
  readonly connection: RedisConnection
  readonly logger: Logger
  /** What the names of all keys begin with. @default 'tollgate' */
  readonly prefix?: string
  /** Milliseconds since the epoch, for tests. @default the server's own clock */
  readonly now?: () => number
}

/**
 * Exact credits in Redis or Valkey, single or cluster, for any number of processes. Each operation is one script
 * on the keys of one account, so nothing ever waits for a lock. How durable they are is the server's choice; a
 * replica that takes over may lack the last moments in any case.
 *
 * @example
 * const connection = openRedis({ url: 'redis://127.0.0.1:6379' })
 * const credits = createRedisCreditDriver({ connection, logger: console })
 * await credits.init()
 */
export function createRedisCreditDriver(options: RedisCreditDriverOptions): CreditDriver {
  const { connection, logger, prefix = 'tollgate', now } = options
  const keys = createKeyNames(prefix)
  const clock = createStoreClock(now)
  const registry = createRegistry({ connection, keys: keys.registry, time: clock.text })
  let durability: CreditDriver['durability'] = 'none'

  const run = (name: keyof typeof scripts, account: string, args: readonly string[] = []) =>
    connection.evaluate(scripts[name], keys.ofAccount(account), [clock.text(), ...args])
  /** The first row of an account that was never given credits: a call that held nothing. */
  const list = async (account: string, outcome: SettleResult): Promise<SettleResult> => {
    if (outcome.state !== 'unknown' && outcome.seq === 1) await registry.list(account)
    return outcome
  }
  async function* ledger(account: string, from = 1, to?: number): AsyncGenerator<LedgerEntry> {
    yield* readRows(connection, { account, key: keys.ledger(account), from, ...(to !== undefined && { to }) })
  }
  const reader = {
    ledger,
    balance: async (account: string) => readBalance(await run('balance', account)),
  }
  return checkedDriver({
    kind: 'redis',
    get durability() {
      return durability
    },
    multiProcess: true,
    async init() {
      durability = await checkServer({ connection, key: `${keys.registry[0]}:probe`, logger })
    },
    async identity() {
      const [key] = keys.registry
      const name = `${key}:identity`
      await connection.command(name, ['SET', name, crypto.randomUUID(), 'NX'])
      return String(await connection.command(name, ['GET', name]))
    },
    async hold(request) {
      const { account, ttlMs } = request
      const at = clock.estimate()
      const due = registry.makeDue(account, { at, endsAt: at + ttlMs })
      const asked = run('hold', account, holdArguments(request))
      const [reply] = due ? await Promise.all([asked, due]) : [await asked]
      const result = readHold(reply)
      // What a repeat is told is about another moment.
      if (result.ok && !result.replay) await registry.makeDue(account, clock.learn(result.expiresAt, ttlMs))
      return result
    },
    async extend(id, account, request) {
      const { ttlMs } = request
      const result = readHold(await run('extend', account, extendArguments(id, request)))
      if (result.ok && ttlMs !== undefined)
        await registry.makeDue(account, clock.learn(result.expiresAt, ttlMs))
      return result
    },
    async settle(request) {
      const { account } = request
      return list(account, readOutcome(await run('settle', account, settleArguments(request))))
    },
    async release(id, account) {
      return list(account, readOutcome(await run('release', account, [id])))
    },
    async credit(request) {
      const { account, expiresAt } = request
      const listing = registry.list(account)
      await listing
      if (expiresAt !== undefined) await registry.makeDue(account, { at: Infinity, endsAt: expiresAt })
      const result = readCredit(request, await run('credit', account, creditArguments(request)))
      // The first row of an account that was listed before: somebody has emptied the server.
      if (result.seq === 1 && !result.replay && !listing) registry.forget()
      if (result.seq === 1) await registry.list(account)
      return result
    },
    balance: reader.balance,
    expire: (limit) =>
      expireDue(registry, limit, async (account, most) => {
        const [given, again, rows] = (await run('sweep', account, [String(most)])) as [string, string, string]
        return { given: Number(given), again, rows: Number(rows) }
      }),
    ledger,
    find: (account, id) => findRow({ connection, keys, reader }, account, id),
    async *accounts() {
      yield* await registry.accounts()
    },
    async audit(account) {
      const audited = readSnapshot(account, await run('snapshot', account))
      return auditLedger(
        readRows(connection, { account, key: keys.ledger(account), from: 1, to: audited.balance.seq }),
        audited,
      )
    },
    close: async () => {},
  })
}
