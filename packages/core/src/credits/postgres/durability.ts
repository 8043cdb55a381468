import type { Logger } from '../../options/options.ts'
import type { PostgresServer } from '../../store/postgres/postgres-server.ts'
import type { SqlRow } from '../../store/sql-row.ts'
import type { CreditDriver } from '../driver.ts'

const settings = `SELECT current_setting('fsync') AS fsync,
  current_setting('full_page_writes') AS full_page_writes,
  current_setting('synchronous_commit') AS synchronous_commit,
  current_setting('server_encoding') AS encoding`

/**
 * What an acknowledged charge survives on this server. `synchronous_commit = off` is put right for our own
 * connections when they are made, so it is found here only where something between takes that back. The other two
 * belong to the whole server: they are reported, not refused, because a trial may run on such a server.
 *
 * @throws Error for a database that cannot keep every text.
 */
export async function readDurability(
  server: PostgresServer,
  logger: Logger,
): Promise<CreditDriver['durability']> {
  const [row] = await server.query({ text: settings })
  if (!row) throw new Error('The server did not tell its settings.')
  if (row.encoding !== 'UTF8') throw new Error(`The database is encoded as ${row.encoding}; it must be UTF8.`)
  const found = weakness(row)
  if (!found) return 'sync'
  logger.warn(
    { setting: found.setting },
    `Charges may be lost: the Postgres server runs with ${found.setting}.`,
  )
  return found.durability
}

/** The worst first. */
function weakness({ fsync, synchronous_commit, full_page_writes }: SqlRow) {
  if (fsync === 'off') return { setting: 'fsync = off', durability: 'none' } as const
  if (synchronous_commit === 'off')
    return { setting: 'synchronous_commit = off', durability: 'window' } as const
  if (full_page_writes === 'off') return { setting: 'full_page_writes = off', durability: 'window' } as const
  return undefined
}
