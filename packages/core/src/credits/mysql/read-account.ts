import type { MysqlServer } from '../../store/mysql/mysql-server.ts'
import type { SqlRow } from '../../store/sql-row.ts'
import type { Balance } from '../driver.ts'
import type { AuditedAccount } from '../engine/audit.ts'
import { amountOf, balanceResult, isTrue, numberOf } from '../sql/decode-outcome.ts'
import type { BalanceReading } from '../sql/sql-ledger.ts'
import { serverClock } from './sql/step.ts'

const nothing: Balance = { available: 0n, held: 0n, spent: 0n, topups: 0n, seq: 0 }

const clock = `IFNULL(?, ${serverClock})`

/** The sums of an account, without waiting for whoever is changing them. */
export async function readBalance(
  server: MysqlServer,
  account: string,
  now: number | undefined,
): Promise<BalanceReading> {
  const { rows } = await server.query({
    text: `SELECT available, held, spent, topups, seq, IFNULL(grant_due <= ${clock} AND available > 0, 0) AS is_due
      FROM tollgate_accounts WHERE id = ?`,
    values: [now ?? null, account],
  })
  const [row] = rows
  return row
    ? { balance: balanceResult(row), isDue: isTrue(row, 'is_due') }
    : { balance: nothing, isDue: false }
}

export interface DueAccounts {
  readonly now: number | undefined
  readonly limit: number
}

/** Accounts with expired holds or ended grants, in the order in which accounts are locked. */
export async function readDueAccounts(server: MysqlServer, { now, limit }: DueAccounts): Promise<string[]> {
  const { rows } = await server.query({
    text: `SELECT id FROM (
        (SELECT id FROM tollgate_accounts WHERE hold_due <= ${clock} ORDER BY hold_due LIMIT ?)
        UNION
        (SELECT id FROM tollgate_accounts WHERE grant_due <= ${clock} AND available > 0 ORDER BY grant_due LIMIT ?)
      ) AS due ORDER BY id`,
    values: [now ?? null, limit, now ?? null, limit],
  })
  return rows.map(({ id }) => id as string)
}

/** One statement, and so one moment. What a part has no column for is null. */
const auditedText = `
  SELECT 'account' AS part, id, available, held, spent, topups, seq AS number FROM tollgate_accounts WHERE id = ?
  UNION ALL SELECT 'hold', key_id, other_limits, amount, NULL, NULL, NULL FROM tollgate_holds WHERE account = ?
  UNION ALL SELECT 'usage', id, NULL, held, spent, NULL, concurrency FROM tollgate_usages WHERE account = ?
  UNION ALL SELECT 'grant', ref, remaining, NULL, NULL, NULL, NULL FROM tollgate_grants WHERE account = ?`

/** What an account says of itself at one moment. */
export async function readAudited(server: MysqlServer, account: string): Promise<AuditedAccount> {
  const { rows } = await server.query({ text: auditedText, values: Array(4).fill(account) })
  const parts = Map.groupBy(rows, ({ part }) => part)
  const listOf = <Item>(part: string, decode: (row: SqlRow) => Item) => (parts.get(part) ?? []).map(decode)
  const [balance = nothing] = listOf('account', (row) => balanceResult(row, 'number'))
  return {
    account,
    balance,
    pending: listOf('hold', (row) => ({ amount: amountOf(row, 'held'), limits: idsIn(row) })),
    usages: listOf('usage', (row) => ({
      id: row.id as string,
      spent: amountOf(row, 'spent'),
      held: amountOf(row, 'held'),
      concurrency: numberOf(row, 'number'),
    })),
    grants: listOf('grant', (row) => ({ ref: row.id as string, remaining: amountOf(row, 'available') })),
  }
}

/** Of a hold: the first by itself, all others as a list in JSON. */
function idsIn({ id, available: others }: SqlRow): string[] {
  if (typeof id !== 'string') return []
  return typeof others === 'string' ? [id, ...(JSON.parse(others) as string[])] : [id]
}
