import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs'

/** Brings what SQLite has written to its write-ahead log to the disk. */
export interface LogSync {
  /** Beside the event loop. */
  sync(): Promise<void>
  syncNow(): void
  close(): void
}

/**
 * @param file Of the database, whose connection is open: the log lives as long as that does.
 */
export function openLogSync(file: string): LogSync {
  const log = openSync(`${file}-wal`, 'r+')
  return {
    sync: () =>
      new Promise((resolve, reject) => {
        fdatasync(log, (error) => (error ? reject(error) : resolve()))
      }),
    syncNow: () => fdatasyncSync(log),
    close: () => closeSync(log),
  }
}
