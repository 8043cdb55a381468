import { madeFirst } from '../made-first.ts'
import { hasTable, installSchema } from './install-schema.ts'
import type { PostgresServer, SqlQuery } from './postgres-server.ts'

const script = `CREATE TABLE tollgate_records (
  namespace text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, value text NOT NULL,
  PRIMARY KEY (namespace, key)
)`

const isInstalled = (query: SqlQuery) => hasTable(query, 'tollgate_records')

/** The table of records is made when it is first asked for. */
export function createRecordsTable(server: PostgresServer): SqlQuery {
  return madeFirst(() => installSchema(server, { isInstalled, script }), server.query)
}
