import { createPostgresCreditDriver } from '../../packages/core/src/credits/postgres-driver.ts'
import { openPostgres } from '../../packages/core/src/store/postgres/open-postgres.ts'
import type { PostgresServer } from '../../packages/core/src/store/postgres/postgres-server.ts'
import { createDatabaseBench, type DatabaseBench } from '../credits/database-bench.ts'
import { createTestDatabase } from './databases.ts'

export type PostgresBench = DatabaseBench<PostgresServer>

export async function createPostgresBench(): Promise<PostgresBench> {
  return createDatabaseBench({
    database: await createTestDatabase(),
    open: (connection) => openPostgres({ connection }),
    create: (server) => createPostgresCreditDriver({ server, logger: console }),
  })
}
