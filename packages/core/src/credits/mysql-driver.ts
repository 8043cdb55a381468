import type { Logger } from '../options/options.ts'
import type { MysqlServer } from '../store/mysql/mysql-server.ts'
import type { CreditDriver } from './driver.ts'
import { createMysqlLedger } from './mysql/mysql-ledger.ts'
import { createSqlDriver } from './sql/sql-driver.ts'

export interface MysqlCreditDriverOptions {
  /** Shared with the records; the tables and procedures of credits begin with `tollgate_`. Stays open. */
  readonly server: MysqlServer
  readonly logger: Logger
  /** Milliseconds since the epoch, for tests. @default the server's clock */
  readonly now?: () => number
}

/**
 * Exact credits in a MySQL or MariaDB database that any number of processes share. Each step is decided in the
 * database by one procedure, which locks its account: no client holds anything between two round trips.
 *
 * @example
 * const server = openMysql({ connection: 'mysql://root@localhost/tollgate' })
 * const credits = createMysqlCreditDriver({ server, logger: console })
 * await credits.init()
 */
export function createMysqlCreditDriver({ server, logger, now }: MysqlCreditDriverOptions): CreditDriver {
  return createSqlDriver(createMysqlLedger(server, logger), now)
}
