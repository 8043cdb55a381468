import type { Logger } from '../../options/options.ts'
import type { MysqlServer } from '../../store/mysql/mysql-server.ts'
import type { SqlRow } from '../../store/sql-row.ts'
import type { CreditDriver } from '../driver.ts'

const settings = `SELECT @@GLOBAL.innodb_flush_log_at_trx_commit AS flush_log,
  @@GLOBAL.log_bin AS log_bin, @@GLOBAL.sync_binlog AS sync_binlog`

/**
 * What an acknowledged charge survives on this server. The settings belong to the whole server: they are reported,
 * not refused, because a trial may run on such a server.
 */
export async function readDurability(
  server: MysqlServer,
  logger: Logger,
): Promise<CreditDriver['durability']> {
  const { rows } = await server.query({ text: settings })
  if (!rows[0]) throw new Error('The server did not tell its settings.')
  const setting = weakness(rows[0])
  if (setting === undefined) return 'sync'
  logger.warn({ setting }, `Charges may be lost: the MySQL or MariaDB server runs with ${setting}.`)
  return 'window'
}

/** A commit that the binary log has not kept is undone when the server recovers. MariaDB's 3 syncs as 1 does. */
function weakness({ flush_log, log_bin, sync_binlog }: SqlRow): string | undefined {
  if (flush_log !== '1' && flush_log !== '3') return `innodb_flush_log_at_trx_commit = ${flush_log}`
  if (log_bin === '1' && sync_binlog !== '1') return `sync_binlog = ${sync_binlog}`
  return undefined
}
