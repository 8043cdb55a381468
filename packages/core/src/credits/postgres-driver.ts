import type { Logger } from '../options/options.ts'
import type { PostgresServer } from '../store/postgres/postgres-server.ts'
import type { CreditDriver } from './driver.ts'
import { createPostgresLedger } from './postgres/postgres-ledger.ts'
import { createSqlDriver } from './sql/sql-driver.ts'

export interface PostgresCreditDriverOptions {
  /** Shared with the records; the tables and functions of credits begin with `tollgate_`. Stays open. */
  readonly server: PostgresServer
  readonly logger: Logger
  /** Milliseconds since the epoch, for tests. @default the server's clock */
  readonly now?: () => number
}

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
  return createSqlDriver(createPostgresLedger(server, logger), now)
}
