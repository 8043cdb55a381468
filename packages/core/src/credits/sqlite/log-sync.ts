import { closeSync, fdatasync, fdatasyncSync, openSync, realpathSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/** Brings what SQLite has committed to the disk. */
export interface LogSync {
  /** Beside the event loop. */
  sync(): Promise<void>
  syncNow(): void
  close(): void
}

/**
 * Syncs the write-ahead log of a database. A sync that failed cannot be repeated: the system reports each failure
 * once, and may have dropped what it could not write. What is in the log is then written out again, to the
 * database itself.
 *
 * @param database Open: the log lives as long as its connection does.
 */
export function openLogSync(file: string, database: DatabaseSync): LogSync {
  // SQLite follows links before it names its log. Two descriptors, because each is told of a failure once.
  const path = `${realpathSync(file)}-wal`
  const besideLog = openSync(path, 'r+')
  const nowLog = openSync(path, 'r+')
  let hasFailed = false

  const writeAgain = () => {
    database.exec('PRAGMA synchronous = FULL')
    const { busy } = database.prepare('PRAGMA wal_checkpoint(FULL)').get() as { busy: number }
    if (busy !== 0) throw new Error('The write-ahead log is in use and cannot be written to the database.')
    database.exec('PRAGMA synchronous = NORMAL')
    hasFailed = false
  }
  const fail = (error: unknown) => {
    hasFailed = true
    throw error
  }
  const syncNow = () => {
    if (hasFailed) return writeAgain()
    try {
      fdatasyncSync(nowLog)
    } catch (error) {
      fail(error)
    }
  }
  const syncBeside = () =>
    new Promise<void>((resolve, reject) => {
      fdatasync(besideLog, (error) => (error ? reject(error) : resolve()))
    })
  return {
    sync: async () => (hasFailed ? writeAgain() : syncBeside().catch(fail)),
    syncNow,
    close() {
      closeSync(besideLog)
      closeSync(nowLog)
    },
  }
}
