import type { Logger } from '../../options/options.ts'
import type { PostgresServer } from '../../store/postgres/postgres-server.ts'
import type { Outcome } from '../sql/decode-outcome.ts'
import type { SqlLedger, StepEncoder } from '../sql/sql-ledger.ts'
import { readDurability } from './durability.ts'
import {
  creditStep,
  expireStep,
  extendStep,
  holdStep,
  releaseStep,
  type Step,
  settleStep,
} from './encode-step.ts'
import { createMicroBatch } from './micro-batch.ts'
import { readAudited, readBalance, readDueAccounts } from './read-account.ts'
import { findCall, readAccounts, readLedger } from './read-ledger.ts'
import { installCredits, readIdentity } from './schema.ts'
import { sendSteps } from './send-steps.ts'

/** Steps of calls that share a transaction at most. */
const batchSize = 256

const encode: StepEncoder<Step> = {
  hold: holdStep,
  extend: extendStep,
  settle: settleStep,
  release: releaseStep,
  credit: creditStep,
  expire: expireStep,
}

/** The credits in a Postgres database. Steps of calls that come while it is busy share the next transaction. */
export function createPostgresLedger(server: PostgresServer, logger: Logger): SqlLedger<Step> {
  const batch = createMicroBatch<Step, Outcome>({
    send: (steps) => sendSteps(server, steps),
    most: batchSize,
  })
  return {
    kind: 'postgres',
    encode,
    install: async () => {
      await installCredits(server)
      return await readDurability(server, logger)
    },
    identity: () => readIdentity(server.query),
    take: (step, now) => batch.add({ ...step, now }),
    takeAside: async (step, now) => {
      const [answer] = await sendSteps(server, [{ ...step, now }])
      if (answer?.status === 'fulfilled') return answer.value
      throw answer?.reason
    },
    readBalance: (account, now) => readBalance(server, account, now),
    readAudited: (account) => readAudited(server, account),
    readDueAccounts: (due) => readDueAccounts(server, due),
    readLedger: (account, range) => readLedger(server, account, range),
    findCall: (account, id) => findCall(server, account, id),
    readAccounts: () => readAccounts(server),
    idle: () => batch.idle(),
  }
}
