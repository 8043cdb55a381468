import type { SqlRow } from '../sql-row.ts'

export interface SqlStatement {
  /** With a `?` for each value; a list of lists is rows of values. */
  readonly text: string
  readonly values?: readonly unknown[]
  /** @default the server's */
  readonly timeoutMs?: number
}

/** What came of a statement. */
export interface SqlAnswer {
  /** Of a procedure: those that it selected. */
  readonly rows: readonly SqlRow[]
  /** Rows inserted, updated or deleted. */
  readonly changes: number
}

/** Runs a statement. */
export type SqlQuery = (statement: SqlStatement) => Promise<SqlAnswer>

/**
 * A MySQL or MariaDB server behind a pool of connections. Everything is bounded by a timeout, and a connection that
 * did not answer in time is never used again.
 */
export interface MysqlServer {
  /** @throws what the server said, or why there is no answer; see `isTemporary`. */
  readonly query: SqlQuery
  /** Milliseconds for a statement, and for a server that answers nobody. */
  readonly timeoutMs: number
  /** Runs the work on one connection, which ends with it. */
  onConnection<Result>(work: (query: SqlQuery) => Promise<Result>): Promise<Result>
  /** Ends every connection. */
  close(): Promise<void>
}
