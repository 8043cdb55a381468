import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'

/** A database of its own on the server that the tests use. */
export interface TestDatabase {
  readonly url: string
  readonly name: string
  /** As the server's administrator, within the database. */
  run(sql: string): Promise<void>
  drop(): Promise<void>
}

/** A database, and as many drivers on it as there would be processes. */
export interface DatabaseBench<Server = unknown> {
  readonly database: TestDatabase
  /** A pool of its own. */
  open(): Server
  /** A driver on a pool of its own, by the server's clock. */
  start(): Promise<CreditDriver>
  /** Ends the pools and drops the database. */
  remove(): Promise<void>
}

export interface DatabaseBenchParts<Server> {
  readonly database: TestDatabase
  readonly open: (url: string) => Server
  readonly create: (server: Server) => CreditDriver
}

export function createDatabaseBench<Server extends { close(): Promise<void> }>({
  database,
  open: openPool,
  create,
}: DatabaseBenchParts<Server>): DatabaseBench<Server> {
  const servers: Server[] = []
  const open = () => {
    const server = openPool(database.url)
    servers.push(server)
    return server
  }
  return {
    database,
    open,
    start: async () => {
      const driver = create(open())
      await driver.init()
      return driver
    },
    remove: async () => {
      await Promise.all(servers.map((server) => server.close()))
      await database.drop()
    },
  }
}

/** The name of an empty database, and its address beside another one's. */
export function newDatabase(beside: string): { readonly name: string; readonly url: string } {
  const name = `tollgate_test_${crypto.randomUUID().replaceAll('-', '')}`
  const url = new URL(beside)
  url.pathname = `/${name}`
  return { name, url: url.href }
}
