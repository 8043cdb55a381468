import type { MysqlServer, SqlQuery } from './mysql-server.ts'

/** Other processes may be at the same. */
const installMs = 10_000

export interface SchemaInstallation {
  /** True when nothing is to be done; asked without a lock, and again under it. */
  readonly isInstalled: (query: SqlQuery) => Promise<boolean>
  /**
   * Statements that may be run again, because no transaction undoes the first of them when the last one fails. The
   * last one makes `isInstalled` true.
   */
  readonly script: readonly string[]
}

/**
 * Makes what is missing in the database, once, however many processes start at the same time. Where everything
 * is there already, the user needs no right to create anything.
 */
export async function installSchema(
  server: MysqlServer,
  { isInstalled, script }: SchemaInstallation,
): Promise<void> {
  if (await isInstalled(server.query)) return
  // The lock is the connection's, and ends with it.
  await server.onConnection(async (query) => {
    await lock(query)
    if (await isInstalled(query)) return
    for (const text of script) await query({ text, timeoutMs: installMs })
  })
}

/** Locks are known to the whole server, under names of at most 64 characters. */
async function lock(query: SqlQuery): Promise<void> {
  const { rows } = await query({
    text: "SELECT GET_LOCK(CONCAT('tollgate:', MD5(DATABASE())), ?) AS is_locked",
    values: [installMs / 1000],
    timeoutMs: installMs + 1000,
  })
  if (rows[0]?.is_locked !== '1') throw new Error('Another process has been making tables for too long.')
}

/** Whether a table is there in the database of this connection. */
export async function hasTable(query: SqlQuery, name: string): Promise<boolean> {
  const text =
    'SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ? LIMIT 1'
  return (await query({ text, values: [name] })).rows.length > 0
}
