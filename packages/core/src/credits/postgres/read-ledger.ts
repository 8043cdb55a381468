import type { PostgresServer, SqlRow } from '../../store/postgres/postgres-server.ts'
import type { LedgerEntry, LedgerMeta } from '../driver.ts'
import { amountOf, numberOf } from './decode-outcome.ts'
import { assertText } from './encode-step.ts'
import { storeUnavailable } from './send-steps.ts'

const pageSize = 1000

export interface LedgerRange {
  readonly from: number
  /** @default every row that is there in the end */
  readonly to?: number
}

/** The rows of an account in their order, a page at a time. */
export async function* readLedger(
  server: PostgresServer,
  account: string,
  { from, to = Number.MAX_SAFE_INTEGER }: LedgerRange,
): AsyncGenerator<LedgerEntry> {
  assertText({ account })
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

async function ask(server: PostgresServer, statement: Parameters<PostgresServer['query']>[0]) {
  try {
    return await server.query(statement)
  } catch (error) {
    throw storeUnavailable(error)
  }
}

function decodeEntry(row: SqlRow): LedgerEntry {
  return {
    seq: numberOf(row, 'seq'),
    account: row.account as string,
    op: row.op as LedgerEntry['op'],
    ref: row.ref as string,
    amount: amountOf(row, 'amount'),
    modelCost: amountOf(row, 'model_cost'),
    fee: amountOf(row, 'fee'),
    shortfall: amountOf(row, 'shortfall'),
    availableAfter: amountOf(row, 'available_after'),
    heldAfter: amountOf(row, 'held_after'),
    at: numberOf(row, 'at'),
    ...(row.expires_at !== null && { expiresAt: numberOf(row, 'expires_at') }),
    ...(typeof row.key === 'string' && { key: row.key }),
    ...(typeof row.meta === 'string' && { meta: JSON.parse(row.meta) as LedgerMeta }),
  }
}
