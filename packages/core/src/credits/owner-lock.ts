import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

export interface OwnerLock {
  release(): void
}

/** What SQLite says when somebody else has the lock. */
const busy = 5

/**
 * Makes this process the only owner of a file, if nobody is. The lock is the operating system's and goes with the
 * process, however that ends. It lies beside the file, under a name that ends in `-lock`; nothing else may ever
 * open that, because the system drops a process's locks on a file with the first descriptor that it closes.
 *
 * @returns undefined when another owner has it, in this process or in another.
 * @throws Error when the lock cannot be made.
 * @example
 * const lock = tryOwnerLock('./tollgate.db')
 */
export function tryOwnerLock(file: string): OwnerLock | undefined {
  const path = lockPathOf(file)
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    lock.exec('PRAGMA journal_mode = DELETE')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode === busy) return undefined
    throw error
  }
  // Whoever had it before may have removed it meanwhile, and what is locked then is nothing.
  if (!existsSync(path)) {
    lock.close()
    return undefined
  }
  return {
    release() {
      if (lock.isOpen) lock.close()
    },
  }
}

/**
 * The same for who cannot do without.
 *
 * @param refusal What to say when another owner has it.
 * @throws Error with the refusal.
 */
export function takeOwnerLock(file: string, refusal: string): OwnerLock {
  const lock = tryOwnerLock(file)
  if (lock) return lock
  throw new Error(refusal)
}

export function lockPathOf(file: string): string {
  return `${file}-lock`
}
