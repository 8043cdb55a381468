import { maxNano } from '../../billing/money.ts'
import { hasTable, installSchema } from '../../store/postgres/install-schema.ts'
import type { PostgresServer, SqlQuery } from '../../store/postgres/postgres-server.ts'
import { expiredOnTheWay, retentionMs } from '../engine/hold.ts'
import { apply } from './sql/apply.ts'
import { credits } from './sql/credits.ts'
import { grants } from './sql/grants.ts'
import { holds } from './sql/holds.ts'
import { limits } from './sql/limits.ts'
import { rows } from './sql/rows.ts'
import { settlements } from './sql/settlements.ts'
import { tables } from './sql/tables.ts'
import { types } from './sql/types.ts'
import { usages } from './sql/usages.ts'
import { windows } from './sql/windows.ts'

/** Of the tables and functions together: processes that share a database share its rules. */
const schemaVersion = 2

const script = [
  'CREATE TABLE tollgate_credits (version integer PRIMARY KEY, identity uuid NOT NULL DEFAULT gen_random_uuid());',
  ...[tables, types, rows, grants, windows, usages, limits, holds, settlements(maxNano), credits(maxNano)],
  apply({ retentionMs, expiredOnTheWay }),
  `INSERT INTO tollgate_credits (version) VALUES (${schemaVersion});`,
].join('\n')

/** Makes the tables and functions of credits, unless they are there. */
export async function installCredits(server: PostgresServer): Promise<void> {
  await installSchema(server, { isInstalled, script })
}

async function isInstalled(query: SqlQuery): Promise<boolean> {
  if (!(await hasTable(query, 'tollgate_credits'))) return false
  const [row] = await query({ text: 'SELECT version FROM tollgate_credits' })
  if (Number(row?.version) === schemaVersion) return true
  throw new Error(`The credits in this database are of version ${row?.version}, not ${schemaVersion}.`)
}

/** What this ledger is called, whatever address it is reached by. */
export async function readIdentity(query: SqlQuery): Promise<string> {
  const [row] = await query({ text: 'SELECT identity FROM tollgate_credits' })
  if (!row?.identity) throw new Error('The credits in this database have no identity.')
  return row.identity
}
