import type { SqlRow } from '../sql-row.ts'

export interface SqlStatement {
  /** Prepares the statement once a connection under this name. */
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

/** Runs a statement and resolves to its rows. */
export type SqlQuery = (statement: SqlStatement) => Promise<readonly SqlRow[]>

/**
 * A Postgres server behind a pool of connections. Everything is bounded by a timeout, and a connection that did
 * not answer in time is never used again.
 */
export interface PostgresServer {
  /** @throws what the server said, or why there is no answer; see `isRolledBack`. */
  readonly query: SqlQuery
  /** Runs the work on one connection between BEGIN and COMMIT, with `timeoutMs` for each statement. */
  transaction<Result>(work: (query: SqlQuery) => Promise<Result>, timeoutMs: number): Promise<Result>
  /** Where tables are made; undefined for what the connection finds first. */
  readonly schema: string | undefined
  /** Ends every connection. */
  close(): Promise<void>
}
