import type { MysqlServer, SqlStatement } from '../../store/mysql/mysql-server.ts'
import type { SqlRow } from '../../store/sql-row.ts'
import type { LedgerEntry } from '../driver.ts'
import { decodeEntry } from '../sql/decode-entry.ts'
import { numberOf } from '../sql/decode-outcome.ts'
import type { LedgerRange } from '../sql/sql-ledger.ts'
import { answered } from '../sql/store-unavailable.ts'

const pageSize = 1000

const columns = `account, seq, op, ref, amount, model_cost, fee, shortfall, available_after, held_after, at,
    expires_at, key_id AS \`key\`, other_limits, meta`

const ledgerText = `
  SELECT ${columns}
  FROM tollgate_ledger WHERE account = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`

/** The rows of an account in their order, a page at a time. */
export async function* readLedger(
  server: MysqlServer,
  account: string,
  { from, to = Number.MAX_SAFE_INTEGER }: LedgerRange,
): AsyncGenerator<LedgerEntry> {
  for (let next = from; next <= to; ) {
    const rows = await ask(server, { text: ledgerText, values: [account, next, to, pageSize] })
    for (const row of rows) yield decodeEntry(row)
    if (rows.length < pageSize) return
    next = numberOf(rows.at(-1) as SqlRow, 'seq') + 1
  }
}

/** The newest row that ended a call. */
export async function findCall(
  server: MysqlServer,
  account: string,
  id: string,
): Promise<LedgerEntry | undefined> {
  const [row] = await ask(server, {
    text: `
  SELECT ${columns}
  FROM tollgate_ledger WHERE ref = ? AND account = ? AND class = 'call' ORDER BY seq DESC LIMIT 1`,
    values: [id, account],
  })
  return row && decodeEntry(row)
}

/** Accounts that have a row, sorted. */
export async function* readAccounts(server: MysqlServer): AsyncGenerator<string> {
  for (let after = ''; ; ) {
    const rows = await ask(server, {
      text: 'SELECT id FROM tollgate_accounts WHERE id > ? AND seq > 0 ORDER BY id LIMIT ?',
      values: [after, pageSize],
    })
    for (const { id } of rows) yield id as string
    if (rows.length < pageSize) return
    after = rows.at(-1)?.id as string
  }
}

const ask = (server: MysqlServer, statement: SqlStatement) =>
  answered(async () => (await server.query(statement)).rows)
