import { type Connection, createConnection } from 'mysql2/promise'
import { vi } from 'vitest'

/** An administrator in the middle of a transaction, with read locks on what it reads and on nothing between. */
export async function beginTransaction(url: string): Promise<Connection> {
  const other = await createConnection(url)
  await other.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
  await other.beginTransaction()
  return other
}

/**
 * Resolves to the connection that waits for what this one has locked. The server looks again only when it was not
 * asked for a tenth of a second.
 */
export async function untilBlocked(by: Connection): Promise<number> {
  return await vi.waitFor(
    async () => {
      const [rows] = await by.query(`SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx
        JOIN information_schema.processlist ON processlist.id = trx_mysql_thread_id
        WHERE trx_state = 'LOCK WAIT' AND db = DATABASE()`)
      const [waiting] = rows as { id: number }[]
      if (!waiting) throw new Error('Nobody waits.')
      return waiting.id
    },
    { timeout: 900, interval: 150 },
  )
}
