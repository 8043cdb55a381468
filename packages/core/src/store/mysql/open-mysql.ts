import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolConnection } from 'mysql2/promise'
import type { SqlRow } from '../sql-row.ts'
import { withTimeout } from '../with-timeout.ts'
import { withoutValues } from '../without-values.ts'
import { loadMysqlPackage } from './load-mysql.ts'
import type { MysqlServer, SqlAnswer, SqlStatement } from './mysql-server.ts'
import { type MysqlConnection, poolOptions } from './pool-options.ts'
import { type Connected, hangUp, keepProcess } from './socket.ts'
import { isTemporary } from './sql-failure.ts'

export interface MysqlServerOptions {
  readonly connection: MysqlConnection
  /** For each statement, and for a server that answers nobody. @default 1500 */
  readonly timeoutMs?: number
}

/**
 * What the operator may have set otherwise for everybody. A statement sees what was committed before it began, also
 * behind a lock it waited for; amounts that do not fit are errors; nobody waits longer for a lock than its caller.
 */
const settings = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
    SESSION autocommit = 1, SESSION innodb_lock_wait_timeout = 1, SESSION completion_type = 'NO_CHAIN'`,
]

/**
 * Opens a pool of its own on a MySQL or MariaDB server. It connects when it is first asked something. A proxy
 * between must keep sessions, since a connection is set up once.
 *
 * @throws Error when the package mysql2 is missing.
 * @example
 * const server = openMysql({ connection: 'mysql://root@localhost/tollgate' })
 */
export function openMysql({ connection, timeoutMs = 1500 }: MysqlServerOptions): MysqlServer {
  const { createPool } = loadMysqlPackage()
  const pool = createPool(poolOptions(connection, timeoutMs))
  const ready = new WeakSet<object>()
  let answeredAt = 0
  let isEnding = false
  const open = new Set<Connected>()
  pool.on('connection', (made: PoolConnection & Connected) => {
    open.add(made)
    made.stream?.once('close', () => open.delete(made))
    // An idle connection that breaks is replaced; without a listener it would end the process.
    made.on('error', () => {})
  })
  const prepare = async (client: PoolConnection) => {
    if (ready.has(client.connection)) return
    for (const text of settings) await client.query(text)
    ready.add(client.connection)
  }
  const query = async (statement: SqlStatement) => {
    const { timeoutMs: statementMs = timeoutMs } = statement
    const client = await acquire(pool, () => answeredAt, statementMs)
    const work = async () => {
      await prepare(client)
      return await send(client, statement)
    }
    try {
      const answer = await withTimeout(work(), statementMs)
      answeredAt = performance.now()
      release(client)
      return answer
    } catch (error) {
      // It goes back when the server has clearly answered; any other failure is the end of it.
      if (isTemporary(error)) release(client)
      else hangUp(client.connection)
      throw error
    }
  }
  return {
    timeoutMs,
    query,
    onConnection: async (work) => {
      const client = await acquire(pool, () => answeredAt, timeoutMs)
      try {
        await withTimeout(prepare(client), timeoutMs)
        return await work((statement) =>
          withTimeout(send(client, statement), statement.timeoutMs ?? timeoutMs),
        )
      } finally {
        hangUp(client.connection)
      }
    },
    close: async () => {
      if (isEnding) return
      isEnding = true
      // A server that stands still does not say goodbye; its connections keep nobody.
      const goodbye = pool.end().catch(() => {})
      await Promise.race([goodbye, sleep(timeoutMs, undefined, { ref: false })])
      for (const connection of open) hangUp(connection)
    },
  }
}

/**
 * A connection, once others are done with one. Who waits behind others gives up when the server has not answered any
 * of them for the time; a connection that comes later goes back.
 */
async function acquire(pool: Pool, lastAnswer: () => number, timeoutMs: number): Promise<PoolConnection> {
  const coming = pool.getConnection()
  const askedAt = performance.now()
  for (;;) {
    const until = Math.min(Math.max(askedAt, lastAnswer()), askedAt + timeoutMs) + timeoutMs
    const left = until - performance.now()
    const client = left > 0 ? await within(coming, left) : undefined
    if (client) {
      keepProcess(client.connection, true)
      return client
    }
    if (left > 0) continue
    coming.then(release, () => {})
    throw new Error(`No connection within ${timeoutMs} ms.`)
  }
}

function release(client: PoolConnection): void {
  keepProcess(client.connection, false)
  client.release()
}

/** Undefined when it takes longer. */
async function within<Result>(pending: Promise<Result>, ms: number): Promise<Result | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(resolve, ms, undefined)
  try {
    return await Promise.race([pending, promise])
  } finally {
    clearTimeout(timer)
  }
}

async function send(client: PoolConnection, { text, values }: SqlStatement): Promise<SqlAnswer> {
  const [answer] = await client.query(text, values && [...values]).catch((error: unknown) => {
    throw withoutValues(error)
  })
  if (!Array.isArray(answer)) return { rows: [], changes: answer.affectedRows }
  // A procedure answers a list of rows for each SELECT, and what it changed behind them.
  const rows = Array.isArray(answer[0]) ? answer[0] : answer
  return { rows: rows as readonly SqlRow[], changes: 0 }
}
