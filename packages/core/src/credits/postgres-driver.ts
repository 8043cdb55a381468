import { assertNano } from '../billing/money.ts'
import type { Logger } from '../options/options.ts'
import type { PostgresServer } from '../store/postgres/postgres-server.ts'
import type { CreditDriver } from './driver.ts'
import { auditLedger } from './engine/audit.ts'
import { assertTerms } from './engine/hold.ts'
import { readDurability } from './postgres/durability.ts'
import {
  creditStep,
  expireStep,
  extendStep,
  holdStep,
  releaseStep,
  type Step,
  settleStep,
} from './postgres/encode-step.ts'
import { createMicroBatch } from './postgres/micro-batch.ts'
import { readAudited, readBalance, readDueAccounts } from './postgres/read-account.ts'
import { readAccounts, readLedger } from './postgres/read-ledger.ts'
import { installCredits, readIdentity } from './postgres/schema.ts'
import { sendSteps } from './postgres/send-steps.ts'
import { creditResult, holdResult, numberOf, type Outcome, settleResult } from './sql/decode-outcome.ts'
import { giveBackDue } from './sql/give-back-due.ts'
import { answered } from './sql/store-unavailable.ts'

export interface PostgresCreditDriverOptions {
  /** Shared with the records; the tables and functions of credits begin with `tollgate_`. Stays open. */
  readonly server: PostgresServer
  readonly logger: Logger
  /** Milliseconds since the epoch, for tests. @default the server's clock */
  readonly now?: () => number
}

/** Steps of calls that share a transaction at most. */
const batchSize = 256

/**
 * Exact credits in a Postgres database that any number of processes share. Each step is decided in the database
 * by one function; the steps of a process's calls that come while it is busy share the next transaction, and so
 * the wait for the disk.
 *
 * @example
 * const server = openPostgres({ connection: 'postgres://localhost/tollgate' })
 * const credits = createPostgresCreditDriver({ server, logger: console })
 * await credits.init()
 */
export function createPostgresCreditDriver({
  server,
  logger,
  now,
}: PostgresCreditDriverOptions): CreditDriver {
  let durability: CreditDriver['durability'] = 'sync'
  const clocked = (step: Step): Step => (now ? { ...step, now: now() } : step)
  const batch = createMicroBatch<Step, Outcome>({
    send: (steps) => sendSteps(server, steps),
    most: batchSize,
  })
  const call = (step: Step) => batch.add(clocked(step))
  /** Steps that are rarer, or longer, than those of calls do not keep them waiting. */
  const aside = async (step: Step): Promise<Outcome> => {
    const [answer] = await sendSteps(server, [clocked(step)])
    if (answer?.status === 'fulfilled') return answer.value
    throw answer?.reason
  }
  const endGrants = (account: string) => aside(expireStep(account, 0))
  const due = {
    find: (limit: number) => readDueAccounts(server, { now: now?.(), limit }),
    expire: async (account: string, most: number) =>
      numberOf(await aside(expireStep(account, most)), 'amount'),
  }
  const balance = (account: string) =>
    answered(async () => {
      const found = await readBalance(server, account, now?.())
      if (!found.isDue) return found.balance
      await endGrants(account)
      return (await readBalance(server, account, now?.())).balance
    })
  return {
    kind: 'postgres',
    multiProcess: true,
    get durability() {
      return durability
    },
    init: async () => {
      await installCredits(server)
      durability = await readDurability(server, logger)
    },
    identity: () => answered(() => readIdentity(server.query)),
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
      return creditResult(await aside(creditStep(request)), request)
    },
    balance,
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
    close: () => batch.idle(),
  }
}
