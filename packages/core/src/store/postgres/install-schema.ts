import { quoted } from './pool-config.ts'
import type { PostgresServer, SqlQuery } from './postgres-server.ts'

/** Any number that nobody else locks: the letters "toll". */
const installLock = 0x746f6c6c
/** Other processes may be at the same. */
const installMs = 10_000

export interface SchemaInstallation {
  /** True when nothing is to be done; asked without a lock, and again under it. */
  readonly isInstalled: (query: SqlQuery) => Promise<boolean>
  /** Statements, all in one transaction. */
  readonly script: string
}

/**
 * Makes what is missing in the database, once, however many processes start at the same time. Where everything
 * is there already, the role needs no right to create anything.
 */
export async function installSchema(
  server: PostgresServer,
  { isInstalled, script }: SchemaInstallation,
): Promise<void> {
  if (await isInstalled(server.query)) return
  await createNamespace(server)
  await server.transaction(async (query) => {
    // Whoever has the lock is making other tables, which may take longer than calls wait for a lock.
    await query({ text: `SET LOCAL lock_timeout = ${installMs}` })
    await query({ text: `SELECT pg_advisory_xact_lock(${installLock})` })
    if (await isInstalled(query)) return
    await query({ text: script })
  }, installMs)
}

/**
 * Whether a table is there for this connection. It looks into the catalogue itself: `to_regclass` answers from a
 * cache, which within a transaction does not hear of what others have made.
 */
export async function hasTable(query: SqlQuery, name: string): Promise<boolean> {
  const text = 'SELECT 1 FROM pg_class WHERE relname = $1 AND pg_table_is_visible(oid)'
  return (await query({ text, values: [name] })).length > 0
}

/** Whoever made the Keyv that named the schema may be making it too. */
async function createNamespace({ query, schema }: PostgresServer): Promise<void> {
  if (schema === undefined || (await hasNamespace(query, schema))) return
  try {
    await query({ text: `CREATE SCHEMA ${quoted(schema)}` })
  } catch (error) {
    if (!(await hasNamespace(query, schema))) throw error
  }
}

async function hasNamespace(query: SqlQuery, schema: string): Promise<boolean> {
  return (await query({ text: 'SELECT 1 FROM pg_namespace WHERE nspname = $1', values: [schema] })).length > 0
}
