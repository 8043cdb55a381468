import type { RecordAdapter } from '../record-adapter.ts'
import { createSqlAdapter, pageSize, type RecordRow, type RecordsTable } from '../sql-adapter.ts'
import type { SqlRow } from '../sql-row.ts'
import type { SqlQuery } from './postgres-server.ts'

export interface PostgresAdapterOptions {
  /** Asks the table of records. */
  readonly query: SqlQuery
  readonly namespace: string
}

const statements = {
  get: 'SELECT value FROM tollgate_records WHERE namespace = $1 AND key = $2',
  getMany: 'SELECT key, value FROM tollgate_records WHERE namespace = $1 AND key = ANY ($2::text[])',
  setMany: `INSERT INTO tollgate_records SELECT $1, * FROM unnest($2::text[], $3::text[])
    ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value`,
  replace: `UPDATE tollgate_records SET value = $4 WHERE namespace = $1 AND key = $2 AND value = $3
    RETURNING key`,
  insert: 'INSERT INTO tollgate_records VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING key',
  delete: 'DELETE FROM tollgate_records WHERE namespace = $1 AND key = $2 RETURNING key',
  clear: 'DELETE FROM tollgate_records WHERE namespace = $1',
  page: `SELECT key, value FROM tollgate_records WHERE namespace = $1 AND key > $2 ORDER BY key LIMIT ${pageSize}`,
}

const toRow = ({ key, value }: SqlRow) => [key, value] as RecordRow

/** Records in Postgres. */
export function createPostgresAdapter({
  query,
  namespace,
}: PostgresAdapterOptions): RecordAdapter<{ readonly dialect: 'postgres' }> {
  const ask = (name: keyof typeof statements, ...values: readonly unknown[]) =>
    query({ name: `tollgate_records_${name}`, text: statements[name], values })
  const table: RecordsTable = {
    get: async (space, key) => (await ask('get', space, key))[0]?.value ?? undefined,
    getMany: async (space, keys) => (await ask('getMany', space, keys)).map(toRow),
    setMany: (space, entries) => ask('setMany', space, [...entries.keys()], [...entries.values()]),
    replace: async (space, row, value) => (await ask('replace', space, ...row, value)).length > 0,
    insert: async (space, row) => (await ask('insert', space, ...row)).length > 0,
    delete: async (space, key) => (await ask('delete', space, key)).length > 0,
    clear: (space) => ask('clear', space),
    page: async (space, after) => (await ask('page', space, after)).map(toRow),
  }
  return createSqlAdapter({ dialect: 'postgres', namespace, table })
}
