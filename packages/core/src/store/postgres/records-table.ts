import { hasTable, installSchema } from './install-schema.ts'
import type { PostgresServer, SqlQuery } from './postgres-server.ts'

const script = `CREATE TABLE tollgate_records (
  namespace text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, value text NOT NULL,
  PRIMARY KEY (namespace, key)
)`

const isInstalled = (query: SqlQuery) => hasTable(query, 'tollgate_records')

/** The table of records is made when it is first asked for; should that fail, the next question tries again. */
export function createRecordsTable(server: PostgresServer): SqlQuery {
  let making: Promise<void> | undefined
  const make = () => {
    making ??= installSchema(server, { isInstalled, script }).catch((error: unknown) => {
      making = undefined
      throw error
    })
    return making
  }
  return async (statement) => {
    await make()
    return await server.query(statement)
  }
}
