import type { RecordAdapter } from '../record-adapter.ts'
import { createSqlAdapter, pageSize, type RecordRow, type RecordsTable } from '../sql-adapter.ts'
import type { SqlRow } from '../sql-row.ts'
import type { SqlQuery } from './mysql-server.ts'
import { isDuplicate } from './sql-failure.ts'

export interface MysqlAdapterOptions {
  /** Asks the table of records. */
  readonly query: SqlQuery
  readonly namespace: string
}

const statements = {
  get: 'SELECT value FROM tollgate_records WHERE namespace = ? AND name = ?',
  getMany: 'SELECT name, value FROM tollgate_records WHERE namespace = ? AND name IN (?)',
  setMany: `INSERT INTO tollgate_records (namespace, name, value) VALUES ?
    ON DUPLICATE KEY UPDATE value = VALUES(value)`,
  replace: 'UPDATE tollgate_records SET value = ? WHERE namespace = ? AND name = ? AND value = ?',
  insert: 'INSERT INTO tollgate_records (namespace, name, value) VALUES (?, ?, ?)',
  delete: 'DELETE FROM tollgate_records WHERE namespace = ? AND name = ?',
  clear: 'DELETE FROM tollgate_records WHERE namespace = ?',
  page: `SELECT name, value FROM tollgate_records WHERE namespace = ? AND name > ? ORDER BY name LIMIT ${pageSize}`,
}

const toRow = ({ name, value }: SqlRow) => [name, value] as RecordRow

/** The row was there already: a clear answer, and the only failure that is one. */
function absorbDuplicate(error: unknown): false {
  if (isDuplicate(error)) return false
  throw error
}

/** Records in MySQL or MariaDB. */
export function createMysqlAdapter({
  query,
  namespace,
}: MysqlAdapterOptions): RecordAdapter<{ readonly dialect: 'mysql' }> {
  const ask = (name: keyof typeof statements, ...values: readonly unknown[]) =>
    query({ text: statements[name], values })
  const table: RecordsTable = {
    get: async (space, key) => (await ask('get', space, key)).rows[0]?.value ?? undefined,
    // SQL has no empty list, neither to look in nor to insert.
    getMany: async (space, keys) =>
      keys.length === 0 ? [] : (await ask('getMany', space, keys)).rows.map(toRow),
    setMany: async (space, entries) => {
      const rows = Array.from(entries, ([key, value]) => [space, key, value])
      if (rows.length > 0) await ask('setMany', rows)
    },
    replace: async (space, row, value) => (await ask('replace', value, space, ...row)).changes > 0,
    insert: (space, row) => ask('insert', space, ...row).then(() => true, absorbDuplicate),
    delete: async (space, key) => (await ask('delete', space, key)).changes > 0,
    clear: (space) => ask('clear', space),
    page: async (space, after) => (await ask('page', space, after)).rows.map(toRow),
  }
  return createSqlAdapter({ dialect: 'mysql', namespace, table })
}
