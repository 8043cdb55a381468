import type { Logger } from '../../options/options.ts'
import type { MysqlServer } from '../../store/mysql/mysql-server.ts'
import { createIdleCount } from '../idle-count.ts'
import type { SqlLedger, StepEncoder } from '../sql/sql-ledger.ts'
import { callStep } from './call-step.ts'
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
import { readAudited, readBalance, readDueAccounts } from './read-account.ts'
import { findCall, readAccounts, readLedger } from './read-ledger.ts'
import { installCredits, readIdentity } from './schema.ts'

const encode: StepEncoder<Step> = {
  hold: holdStep,
  extend: extendStep,
  settle: settleStep,
  release: releaseStep,
  credit: creditStep,
  expire: expireStep,
}

/** The credits in a MySQL or MariaDB database. Each step is one call, on any connection of the pool. */
export function createMysqlLedger(server: MysqlServer, logger: Logger): SqlLedger<Step> {
  const underWay = createIdleCount()
  const take = async (step: Step, now: number | undefined) => {
    underWay.enter()
    try {
      return await callStep(server, step, now)
    } finally {
      underWay.leave()
    }
  }
  return {
    kind: 'mysql',
    encode,
    install: async () => {
      await installCredits(server)
      return await readDurability(server, logger)
    },
    identity: () => readIdentity(server),
    take,
    takeAside: take,
    readBalance: (account, now) => readBalance(server, account, now),
    readAudited: (account) => readAudited(server, account),
    readDueAccounts: (due) => readDueAccounts(server, due),
    readLedger: (account, range) => readLedger(server, account, range),
    findCall: (account, id) => findCall(server, account, id),
    readAccounts: () => readAccounts(server),
    idle: async () => {
      await underWay.idle(server.timeoutMs)
    },
  }
}
