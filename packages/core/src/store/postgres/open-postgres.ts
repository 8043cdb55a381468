import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { loadPostgresPackage } from './load-pg.ts'
import { type PostgresConnection, poolConfig, quoted, schemaOf } from './pool-config.ts'
import type { PostgresServer, SqlQuery, SqlStatement } from './postgres-server.ts'
import { isRolledBack } from './sql-failure.ts'

export interface PostgresServerOptions {
  readonly connection: PostgresConnection
  /** For each statement, and for a connection. @default 1500 */
  readonly timeoutMs?: number
}

/**
 * Opens a pool of its own on a Postgres server. It connects when it is first asked something. A pooler between
 * must keep sessions (PgBouncer: `pool_mode = session`), since a connection is set up once.
 *
 * @throws Error when the package pg is missing.
 * @example
 * const server = openPostgres({ connection: 'postgres://localhost/tollgate' })
 */
export function openPostgres({ connection, timeoutMs = 1500 }: PostgresServerOptions): PostgresServer {
  const { Pool } = loadPostgresPackage()
  const pool = new Pool(poolConfig(connection, timeoutMs))
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on('error', () => {})
  const schema = schemaOf(connection)
  const settings = sessionSettings(schema, timeoutMs)
  const ready = new WeakSet<PoolClient>()
  const useClient = async <Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> =>
    withClient(pool, async (client) => {
      if (!ready.has(client)) await client.query(settings)
      ready.add(client)
      return await work(client)
    })
  return {
    schema,
    query: (statement) => useClient((client) => send(client, statement, timeoutMs)),
    transaction: (work, statementMs) =>
      useClient((client) =>
        inTransaction((statement) => send(client, statement, statementMs), work, statementMs),
      ),
    close: async () => {
      // A server that stands still does not say goodbye; its connections keep nobody.
      if (!pool.ending) await Promise.race([pool.end(), sleep(timeoutMs, undefined, { ref: false })])
    },
  }
}

/** A connection goes back when the server has clearly answered; any other failure is the end of it. */
async function withClient<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  const ignore = () => {}
  // What breaks under a statement fails the statement; the event is not news.
  client.on('error', ignore)
  let failure: unknown
  try {
    return await work(client)
  } catch (error) {
    failure = error
    throw error
  } finally {
    client.release(failure !== undefined && !isRolledBack(failure))
    client.off('error', ignore)
  }
}

async function send(client: PoolClient, { name, text, values }: SqlStatement, timeoutMs: number) {
  const options = { query_timeout: timeoutMs, ...(name !== undefined && { name }) }
  const { rows } = await client.query({ text, ...(values && { values: [...values] }), ...options })
  return rows
}

async function inTransaction<Result>(
  query: SqlQuery,
  work: (query: SqlQuery) => Promise<Result>,
  timeoutMs: number,
): Promise<Result> {
  await query({ text: `BEGIN; SET LOCAL statement_timeout = ${timeoutMs}` })
  try {
    const result = await work(query)
    await query({ text: 'COMMIT' })
    return result
  } catch (error) {
    if (isRolledBack(error)) await query({ text: 'ROLLBACK' })
    throw error
  }
}

/**
 * What the operator may have set otherwise for everybody: money is read committed, and on the disk before it is
 * acknowledged. The server gives up when we have.
 */
function sessionSettings(schema: string | undefined, timeoutMs: number): string {
  const settings = [
    "SET default_transaction_isolation = 'read committed'",
    'SET client_min_messages = warning',
    `SET statement_timeout = ${timeoutMs}`,
    // Sooner than the statement gives up, and known to have changed nothing: its neighbours are then sent alone.
    `SET lock_timeout = ${Math.ceil(timeoutMs / 5)}`,
    `SET idle_in_transaction_session_timeout = ${timeoutMs * 10}`,
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
  ]
  if (schema !== undefined) settings.push(`SET search_path = ${quoted(schema)}`)
  return settings.join(';')
}
