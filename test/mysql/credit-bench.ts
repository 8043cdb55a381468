import { createMysqlCreditDriver } from '../../packages/core/src/credits/mysql-driver.ts'
import type { MysqlServer } from '../../packages/core/src/store/mysql/mysql-server.ts'
import { openMysql } from '../../packages/core/src/store/mysql/open-mysql.ts'
import { createDatabaseBench, type DatabaseBench } from '../credits/database-bench.ts'
import { createTestDatabase } from './databases.ts'

export type MysqlBench = DatabaseBench<MysqlServer>

export async function createMysqlBench(): Promise<MysqlBench> {
  return createDatabaseBench({
    database: await createTestDatabase(),
    open: (connection) => openMysql({ connection }),
    create: (server) => createMysqlCreditDriver({ server, logger: console }),
  })
}
