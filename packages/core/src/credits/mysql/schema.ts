import { maxNano } from '../../billing/money.ts'
import { hasTable, installSchema } from '../../store/mysql/install-schema.ts'
import type { MysqlServer, SqlQuery } from '../../store/mysql/mysql-server.ts'
import { expiredOnTheWay, retentionMs } from '../engine/hold.ts'
import { credits } from './sql/credits.ts'
import { grants } from './sql/grants.ts'
import { holds } from './sql/holds.ts'
import { settlements } from './sql/settlements.ts'
import { tables } from './sql/tables.ts'

/** Of the tables and procedures together: processes that share a database share its rules. */
const schemaVersion = 2

const procedures = [
  grants,
  settlements(maxNano),
  holds({ retentionMs, expiredOnTheWay }),
  credits(maxNano),
].flat()

const procedureNames = procedures.flatMap((text) => /^CREATE PROCEDURE (\w+)/.exec(text)?.[1] ?? [])

const script = [
  ...tables,
  ...procedures,
  `INSERT INTO tollgate_credits (version, identity) VALUES (${schemaVersion}, UUID())
    ON DUPLICATE KEY UPDATE version = version`,
]

/** Makes the tables and procedures of credits, unless they are there. */
export async function installCredits(server: MysqlServer): Promise<void> {
  await installSchema(server, { isInstalled, script })
}

async function isInstalled(query: SqlQuery): Promise<boolean> {
  if (!(await hasTable(query, 'tollgate_credits'))) return false
  const { rows } = await query({ text: 'SELECT version FROM tollgate_credits' })
  // Without a version, somebody has begun and did not finish.
  if (!rows[0]) return false
  const { version } = rows[0]
  if (Number(version) === schemaVersion) return await hasProcedures(query)
  throw new Error(`The credits in this database are of version ${version}, not ${schemaVersion}.`)
}

/** A dump leaves procedures out unless it is told otherwise, and its tables come back without them. */
async function hasProcedures(query: SqlQuery): Promise<boolean> {
  const text = `SELECT routine_name AS name FROM information_schema.routines
    WHERE routine_schema = DATABASE() AND routine_type = 'PROCEDURE'`
  const found = new Set((await query({ text })).rows.map(({ name }) => name))
  return procedureNames.every((name) => found.has(name))
}

/** What this ledger is called, whatever address it is reached by. */
export async function readIdentity({ query }: MysqlServer): Promise<string> {
  const { rows } = await query({ text: 'SELECT identity FROM tollgate_credits' })
  if (!rows[0]?.identity) throw new Error('The credits in this database have no identity.')
  return rows[0].identity
}
