import { madeFirst } from '../made-first.ts'
import { hasTable, installSchema } from './install-schema.ts'
import type { MysqlServer, SqlQuery } from './mysql-server.ts'

/** Names compare by their bytes. */
const script = [
  `CREATE TABLE IF NOT EXISTS tollgate_records (
    namespace VARBINARY(255) NOT NULL,
    name VARBINARY(2048) NOT NULL,
    value LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (namespace, name)
  ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
]

const isInstalled = (query: SqlQuery) => hasTable(query, 'tollgate_records')

/** The table of records is made when it is first asked for. */
export function createRecordsTable(server: MysqlServer): SqlQuery {
  return madeFirst(() => installSchema(server, { isInstalled, script }), server.query)
}
