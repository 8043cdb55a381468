import { afterAll, beforeAll, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../test/postgres/databases.ts'
import { describeWithService, postgresUrl } from '../../../../test/services.ts'
import { openPostgres } from '../store/postgres/open-postgres.ts'
import type { PostgresServer } from '../store/postgres/postgres-server.ts'
import { describeCreditDriver } from './conformance.ts'
import { createPostgresCreditDriver } from './postgres-driver.ts'

await describeWithService('credits in Postgres', postgresUrl(), () => {
  let database: TestDatabase
  let server: PostgresServer
  beforeAll(async () => {
    database = await createTestDatabase()
    server = openPostgres({ connection: database.url })
  })
  afterAll(async () => {
    await server.close()
    await database.drop()
  })

  describeCreditDriver({
    test,
    create: async ({ now }) => {
      const driver = createPostgresCreditDriver({ server, now, logger: console })
      await driver.init()
      return driver
    },
  })
})
