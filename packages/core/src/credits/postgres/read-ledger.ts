import type { PostgresServer, SqlStatement } from '../../store/postgres/postgres-server.ts'
import type { SqlRow } from '../../store/sql-row.ts'
import type { LedgerEntry } from '../driver.ts'
import { decodeEntry } from '../sql/decode-entry.ts'
import { numberOf } from '../sql/decode-outcome.ts'
import type { LedgerRange } from '../sql/sql-ledger.ts'
import { answered } from '../sql/store-unavailable.ts'

const pageSize = 1000

/** The rows of an account in their order, a page at a time. */
export async function* readLedger(
  server: PostgresServer,
  account: string,
  { from, to = Number.MAX_SAFE_INTEGER }: LedgerRange,
): AsyncGenerator<LedgerEntry> {
  for (let next = from; next <= to; ) {
    const rows = await ask(server, {
      name: 'tollgate_ledger_page',
      text: 'SELECT * FROM tollgate_ledger WHERE account = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq LIMIT $4',
      values: [account, next, to, pageSize],
    })
    for (const row of rows) yield decodeEntry(row)
    if (rows.length < pageSize) return
    next = numberOf(rows.at(-1) as SqlRow, 'seq') + 1
  }
}

/** The newest row that ended a call. */
export async function findCall(
  server: PostgresServer,
  account: string,
  id: string,
): Promise<LedgerEntry | undefined> {
  const [row] = await ask(server, {
    name: 'tollgate_ledger_call',
    text: `SELECT * FROM tollgate_ledger WHERE ref = $1 AND account = $2 AND class = 'call' ORDER BY seq DESC LIMIT 1`,
    values: [id, account],
  })
  return row && decodeEntry(row)
}

/** Accounts that have a row, sorted. */
export async function* readAccounts(server: PostgresServer): AsyncGenerator<string> {
  for (let after = ''; ; ) {
    const rows = await ask(server, {
      name: 'tollgate_accounts_page',
      text: 'SELECT id FROM tollgate_accounts WHERE id > $1 AND seq > 0 ORDER BY id LIMIT $2',
      values: [after, pageSize],
    })
    for (const { id } of rows) yield id as string
    if (rows.length < pageSize) return
    after = rows.at(-1)?.id as string
  }
}

const ask = (server: PostgresServer, statement: SqlStatement) => answered(() => server.query(statement))
