import { assertNano } from '../billing/money.ts'
import type { Logger } from '../options/options.ts'
import type { MysqlServer } from '../store/mysql/mysql-server.ts'
import type { CreditDriver } from './driver.ts'
import { auditLedger } from './engine/audit.ts'
import { assertTerms } from './engine/hold.ts'
import { createIdleCount } from './idle-count.ts'
import { callStep } from './mysql/call-step.ts'
import { readDurability } from './mysql/durability.ts'
import {
  creditStep,
  expireStep,
  extendStep,
  holdStep,
  releaseStep,
  type Step,
  settleStep,
} from './mysql/encode-step.ts'
import { readAudited, readBalance, readDueAccounts } from './mysql/read-account.ts'
import { readAccounts, readLedger } from './mysql/read-ledger.ts'
import { installCredits, readIdentity } from './mysql/schema.ts'
import { creditResult, holdResult, numberOf, settleResult } from './sql/decode-outcome.ts'
import { giveBackDue } from './sql/give-back-due.ts'
import { answered } from './sql/store-unavailable.ts'

export interface MysqlCreditDriverOptions {
  /** Shared with the records; the tables and procedures of credits begin with `tollgate_`. Stays open. */
  readonly server: MysqlServer
  readonly logger: Logger
  /** Milliseconds since the epoch, for tests. @default the server's clock */
  readonly now?: () => number
}

/**
 * Exact credits in a MySQL or MariaDB database that any number of processes share. Each step is decided in the
 * database by one procedure, which locks its account: no client holds anything between two round trips.
 *
 * @example
 * const server = openMysql({ connection: 'mysql://root@localhost/tollgate' })
 * const credits = createMysqlCreditDriver({ server, logger: console })
 * await credits.init()
 */
export function createMysqlCreditDriver({ server, logger, now }: MysqlCreditDriverOptions): CreditDriver {
  let durability: CreditDriver['durability'] = 'sync'
  const underWay = createIdleCount()
  const call = async (step: Step) => {
    underWay.enter()
    try {
      return await callStep(server, step, now?.())
    } finally {
      underWay.leave()
    }
  }
  const endGrants = (account: string) => call(expireStep(account, 0))
  const due = {
    find: (limit: number) => readDueAccounts(server, { now: now?.(), limit }),
    expire: async (account: string, most: number) =>
      numberOf(await call(expireStep(account, most)), 'amount'),
  }
  return {
    kind: 'mysql',
    multiProcess: true,
    get durability() {
      return durability
    },
    init: async () => {
      await installCredits(server)
      durability = await readDurability(server, logger)
    },
    identity: () => answered(() => readIdentity(server)),
    hold: async (request) => {
      assertTerms(request)
      return holdResult(await call(holdStep(request)))
    },
    extend: async (id, account, request) => {
      const { toAmount = 0n, minimum = toAmount } = request
      assertNano(toAmount, 'toAmount')
      assertNano(minimum, 'minimum')
      return holdResult(await call(extendStep(id, account, request)))
    },
    settle: async (request) => {
      assertNano(request.modelCost, 'modelCost')
      assertNano(request.fee, 'fee')
      return settleResult(await call(settleStep(request)))
    },
    release: async (id, account) => settleResult(await call(releaseStep(id, account))),
    credit: async (request) => {
      assertNano(request.amount, 'amount')
      return creditResult(await call(creditStep(request)), request)
    },
    balance: (account) =>
      answered(async () => {
        const found = await readBalance(server, account, now?.())
        if (!found.isDue) return found.balance
        await endGrants(account)
        return (await readBalance(server, account, now?.())).balance
      }),
    expire: (limit) => answered(() => giveBackDue(due, limit)),
    ledger: (account, from = 1) => readLedger(server, account, { from }),
    accounts: () => readAccounts(server),
    audit: (account) =>
      answered(async () => {
        await endGrants(account)
        const audited = await readAudited(server, account)
        const to = audited.balance.seq
        return await auditLedger(readLedger(server, account, { from: 1, to }), audited)
      }),
    close: async () => {
      await underWay.idle(server.timeoutMs)
    },
  }
}
