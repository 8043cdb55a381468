import { DatabaseSync } from 'node:sqlite'

/** How long a statement may wait for another process's write; it blocks the event loop meanwhile. */
const busyTimeoutMs = 1000

/**
 * Opens the file and proves that it can be written to, read from and deleted from.
 *
 * @throws Error that names the file.
 */
export function openRecordsDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: busyTimeoutMs })
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    database.exec(`CREATE TABLE IF NOT EXISTS records (
      namespace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (namespace, key)
    ) STRICT, WITHOUT ROWID`)
    probe(database)
    return database
  } catch (cause) {
    database?.close()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`The store "sqlite:${file}" cannot be used: ${reason}.`, { cause })
  }
}

/**
 * The same file once more, for writes that keep no call waiting for the disk: they outlive the process, and the last
 * of them may not outlive the machine.
 */
export function openRelaxedDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  return database
}

/** Opening succeeds on a read-only file; this does not. */
function probe(database: DatabaseSync): void {
  const key = crypto.randomUUID()
  const row = [':probe', key] as const
  database.prepare('INSERT INTO records VALUES (?, ?, ?)').run(...row, key)
  const read = database.prepare('SELECT value FROM records WHERE namespace = ? AND key = ?').get(...row)
  database.prepare('DELETE FROM records WHERE namespace = ? AND key = ?').run(...row)
  if (read?.value !== key) throw new Error('what was written could not be read back')
}
