import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { createMysqlCreditDriver } from '../../packages/core/src/credits/mysql-driver.ts'
import type { MysqlServer } from '../../packages/core/src/store/mysql/mysql-server.ts'
import { openMysql } from '../../packages/core/src/store/mysql/open-mysql.ts'
import { createTestDatabase, type TestDatabase } from './databases.ts'

/** A database, and as many drivers on it as there would be processes. */
export interface MysqlBench {
  readonly database: TestDatabase
  /** A pool of its own. */
  open(): MysqlServer
  /** A driver on a pool of its own, by the server's clock. */
  start(): Promise<CreditDriver>
  /** Ends the pools and drops the database. */
  remove(): Promise<void>
}

export async function createMysqlBench(): Promise<MysqlBench> {
  const database = await createTestDatabase()
  const servers: MysqlServer[] = []
  const open = () => {
    const server = openMysql({ connection: database.url })
    servers.push(server)
    return server
  }
  return {
    database,
    open,
    start: async () => {
      const driver = createMysqlCreditDriver({ server: open(), logger: console })
      await driver.init()
      return driver
    },
    remove: async () => {
      await Promise.all(servers.map((server) => server.close()))
      await database.drop()
    },
  }
}
