/** Deadlock and lock wait timeout: the server has undone the statement, and the same again may work. */
const temporary: ReadonlySet<unknown> = new Set([1213, 1205])

const duplicate = 1062

interface SqlFailure {
  readonly errno?: unknown
  readonly sqlState?: unknown
}

/**
 * Refused only because of what happened at the same time: nothing has happened, and the connection is still good.
 * Any other failure is the end of its connection: a statement that was cancelled leaves its transaction open.
 */
export function isTemporary(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { errno, sqlState } = error as SqlFailure
  // Failures of the network have a number too, but no state.
  return typeof sqlState === 'string' && temporary.has(errno)
}

/** A row of this key is there already, and nothing was written. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && (error as SqlFailure).errno === duplicate
}
