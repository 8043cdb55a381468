import type { PostgresServer } from '../../store/postgres/postgres-server.ts'
import type { SqlRow } from '../../store/sql-row.ts'
import type { Balance } from '../driver.ts'
import type { AuditedAccount } from '../engine/audit.ts'
import { balanceResult } from '../sql/decode-outcome.ts'
import type { BalanceReading } from '../sql/sql-ledger.ts'

const nothing: Balance = { available: 0n, held: 0n, spent: 0n, topups: 0n, seq: 0 }

/** The server's clock in milliseconds, unless the parameter says otherwise. */
const clock = (parameter: string) =>
  `coalesce(${parameter}::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)`

/** The sums of an account, without waiting for whoever is changing them. */
export async function readBalance(
  server: PostgresServer,
  account: string,
  now: number | undefined,
): Promise<BalanceReading> {
  const [row] = await server.query({
    name: 'tollgate_balance',
    text: `SELECT *, coalesce(grant_due <= ${clock('$2')} AND available > 0, false) AS is_due
      FROM tollgate_accounts WHERE id = $1`,
    values: [account, now],
  })
  return row ? { balance: balanceResult(row), isDue: row.is_due === 't' } : { balance: nothing, isDue: false }
}

export interface DueAccounts {
  readonly now: number | undefined
  readonly limit: number
}

/** Accounts with expired holds or ended grants, in the order in which accounts are locked. */
export async function readDueAccounts(
  server: PostgresServer,
  { now, limit }: DueAccounts,
): Promise<string[]> {
  const rows = await server.query({
    name: 'tollgate_due',
    text: `WITH clock AS MATERIALIZED (SELECT ${clock('$1')} AS now)
      SELECT DISTINCT id FROM (
        (SELECT id FROM tollgate_accounts, clock WHERE hold_due <= now ORDER BY hold_due LIMIT $2)
        UNION ALL
        (SELECT id FROM tollgate_accounts, clock WHERE grant_due <= now AND available > 0 ORDER BY grant_due LIMIT $2)
      ) AS due ORDER BY id`,
    values: [now, limit],
  })
  return rows.map(({ id }) => id as string)
}

/** One statement sees one moment. */
const auditedText = `SELECT a.*,
  (SELECT json_agg(json_build_object('amount', h.amount::text,
    'limits', (SELECT json_agg(l.id) FROM unnest(h.limits) AS l)))
    FROM tollgate_holds h WHERE h.account = a.id) AS pending,
  (SELECT json_agg(json_build_object('id', u.id, 'spent', u.spent::text, 'held', u.held::text,
    'concurrency', u.concurrency)) FROM tollgate_usages u WHERE u.account = a.id) AS usages,
  (SELECT json_agg(json_build_object('ref', g.ref, 'remaining', g.remaining::text))
    FROM tollgate_grants g WHERE g.account = a.id) AS grants
  FROM tollgate_accounts a WHERE a.id = $1`

/** Everything that an account says of itself, at one moment. */
export async function readAudited(server: PostgresServer, account: string): Promise<AuditedAccount> {
  const [row] = await server.query({ name: 'tollgate_audited', text: auditedText, values: [account] })
  if (!row) return { account, balance: nothing, pending: [], usages: [], grants: [] }
  return {
    account,
    balance: balanceResult(row),
    pending: listOf<PendingJson>(row, 'pending').map(({ amount, limits }) => ({
      amount: BigInt(amount),
      limits: limits ?? [],
    })),
    usages: listOf<UsageJson>(row, 'usages').map(({ id, spent, held, concurrency }) => ({
      id,
      spent: BigInt(spent),
      held: BigInt(held),
      concurrency,
    })),
    grants: listOf<GrantJson>(row, 'grants').map(({ ref, remaining }) => ({
      ref,
      remaining: BigInt(remaining),
    })),
  }
}

interface PendingJson {
  readonly amount: string
  readonly limits: readonly string[] | null
}

interface UsageJson {
  readonly id: string
  readonly spent: string
  readonly held: string
  readonly concurrency: number
}

interface GrantJson {
  readonly ref: string
  readonly remaining: string
}

/** Amounts are text in it. */
function listOf<Item>(row: SqlRow, column: string): Item[] {
  return JSON.parse(row[column] ?? '[]') as Item[]
}
