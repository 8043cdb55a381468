import { DatabaseSync } from 'node:sqlite'

export interface OwnerLock {
  release(): void
}

/**
 * Makes this process the only owner of a file's credits, because balances live in its memory. The lock is the
 * operating system's and goes with the process, however that ends.
 *
 * @throws Error when another process has it.
 */
export function takeOwnerLock(file: string): OwnerLock {
  const lock = new DatabaseSync(`${file}-lock`, { timeout: 0 })
  try {
    lock.exec('PRAGMA journal_mode = DELETE')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    const message =
      `another process serves the credits of "${file}". Use one process for a SQLite store, ` +
      'or a store that processes can share.'
    throw new Error(message, { cause })
  }
  return {
    release() {
      if (lock.isOpen) lock.close()
    },
  }
}
