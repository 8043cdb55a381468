import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { createPostgresCreditDriver } from '../../packages/core/src/credits/postgres-driver.ts'
import { openPostgres } from '../../packages/core/src/store/postgres/open-postgres.ts'
import type { PostgresServer } from '../../packages/core/src/store/postgres/postgres-server.ts'
import { createTestDatabase, type TestDatabase } from './databases.ts'

/** A database, and as many drivers on it as there would be processes. */
export interface PostgresBench {
  readonly database: TestDatabase
  /** A pool of its own. */
  open(): PostgresServer
  /** A driver on a pool of its own, by the server's clock. */
  start(): Promise<CreditDriver>
  /** Ends the pools and drops the database. */
  remove(): Promise<void>
}

export async function createPostgresBench(): Promise<PostgresBench> {
  const database = await createTestDatabase()
  const servers: PostgresServer[] = []
  const open = () => {
    const server = openPostgres({ connection: database.url })
    servers.push(server)
    return server
  }
  return {
    database,
    open,
    start: async () => {
      const driver = createPostgresCreditDriver({ server: open(), logger: console })
      await driver.init()
      return driver
    },
    remove: async () => {
      await Promise.all(servers.map((server) => server.close()))
      await database.drop()
    },
  }
}
