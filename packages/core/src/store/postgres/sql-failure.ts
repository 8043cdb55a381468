/**
 * Classes of errors that say nothing about the statement: no connection, no access, no room, a server that stops
 * or cancels, one that is broken.
 */
const broken = /^(08|28|3D|53|57|58|XX|25P03)/

/** Deadlock and serialization failure: the same again may work. */
const temporary = new Set(['40P01', '40001'])

interface SqlFailure {
  readonly code?: unknown
  readonly severity?: unknown
}

/** The state that the server names. Failures of the network have a code too, but no severity. */
function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, severity } = error as SqlFailure
  return typeof code === 'string' && typeof severity === 'string' ? code : undefined
}

/** The server refused a statement and said so: nothing of it has happened, and the connection is still good. */
export function isRolledBack(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state !== undefined && !broken.test(state)
}

/** Refused only because of what happened at the same time. */
export function isTemporary(error: unknown): boolean {
  return temporary.has(sqlStateOf(error) ?? '')
}
