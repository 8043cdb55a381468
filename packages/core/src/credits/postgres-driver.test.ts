import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../test/postgres/databases.ts'
import { describeWithService, postgresUrl } from '../../../../test/services.ts'
import { openPostgres } from '../store/postgres/open-postgres.ts'
import type { PostgresServer } from '../store/postgres/postgres-server.ts'
import { describeCreditInterleavings } from './conformance/interleavings/describe-credit-interleavings.ts'
import { describeCreditModel } from './conformance/model/describe-credit-model.ts'
import type { CreateDriver } from './conformance/options.ts'
import { describeCreditDriver } from './conformance.ts'
import { createPostgresCreditDriver } from './postgres-driver.ts'

await describeWithService('credits in Postgres', postgresUrl(), () => {
  let database: TestDatabase
  let servers: PostgresServer[] = []
  let made = 0
  beforeAll(async () => {
    database = await createTestDatabase()
    servers = Array.from({ length: 3 }, () => openPostgres({ connection: database.url }))
  })
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()))
    await database.drop()
  })

  /** Each on another pool than the one before, as in another process. */
  const create: CreateDriver = async ({ now }) => {
    made += 1
    const server = servers[made % servers.length] as PostgresServer
    const driver = createPostgresCreditDriver({ server, now, logger: console })
    await driver.init()
    return driver
  }
  describeCreditDriver({ test, create })
  describeCreditModel({ test, fc, create, restarts: true })
  describeCreditInterleavings({ test, create, drivers: 3 })
})
