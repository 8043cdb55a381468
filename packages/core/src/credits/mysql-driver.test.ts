import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../test/mysql/databases.ts'
import { describeWithService, mysqlUrl } from '../../../../test/services.ts'
import type { MysqlServer } from '../store/mysql/mysql-server.ts'
import { openMysql } from '../store/mysql/open-mysql.ts'
import { describeCreditInterleavings } from './conformance/interleavings/describe-credit-interleavings.ts'
import { describeCreditModel } from './conformance/model/describe-credit-model.ts'
import type { CreateDriver } from './conformance/options.ts'
import { describeCreditDriver } from './conformance.ts'
import { createMysqlCreditDriver } from './mysql-driver.ts'

await describeWithService('credits in MySQL or MariaDB', mysqlUrl(), () => {
  let database: TestDatabase
  let servers: MysqlServer[] = []
  let made = 0
  beforeAll(async () => {
    database = await createTestDatabase()
    servers = Array.from({ length: 3 }, () => openMysql({ connection: database.url }))
  })
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()))
    await database.drop()
  })

  /** Each on another pool than the one before, as in another process. */
  const create: CreateDriver = async ({ now }) => {
    made += 1
    const server = servers[made % servers.length] as MysqlServer
    const driver = createMysqlCreditDriver({ server, now, logger: console })
    await driver.init()
    return driver
  }
  describeCreditDriver({ test, create })
  describeCreditModel({ test, fc, create, restarts: true })
  describeCreditInterleavings({ test, create, drivers: 3 })
})
