import { createHash, randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { lockPathOf, type OwnerLock, tryOwnerLock } from '../owner-lock.ts'

/** The files of one process: `<store>.<process>.<number>.jsonl`, with a lock beside them. */
export interface SpoolOwner {
  readonly folder: string
  /** `<store>.<process>` */
  readonly name: string
  readonly lock: OwnerLock
}

const segmentShape = /^([0-9a-f]{16})\.([^.]+)\.\d+\.jsonl$/
const lockShape = /^([0-9a-f]{16})\.([^.]+)-lock$/

/** A store's part in the names of its files, so that no charge is ever replayed on another store. */
export function storeName(store: string): string {
  return createHash('sha256').update(store).digest('hex').slice(0, 16)
}

/**
 * Makes this process the owner of files that nobody had before.
 *
 * @throws Error when the folder does not take a lock.
 */
export function ownNewFiles(folder: string, store: string): SpoolOwner {
  for (;;) {
    const unique = `${Date.now().toString(36)}-${process.pid}-${randomBytes(4).toString('hex')}`
    const name = `${store}.${unique}`
    const lock = tryOwnerLock(join(folder, name))
    if (lock) return { folder, name, lock }
  }
}

/** Takes over the files of a process that is gone; undefined when it is not. */
export function adoptFiles(folder: string, name: string): SpoolOwner | undefined {
  const lock = tryOwnerLock(join(folder, name))
  return lock && { folder, name, lock }
}

export function segmentPath({ folder, name }: SpoolOwner, number: number): string {
  return join(folder, `${name}.${String(number).padStart(8, '0')}.jsonl`)
}

/** Everybody who has files in the folder, by store; nobody when there is no folder. */
export async function listOwners(folder: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const owners = new Map<string, Set<string>>()
  for (const file of await listFolder(folder)) {
    const [, store, unique] = segmentShape.exec(file) ?? lockShape.exec(file) ?? []
    if (store === undefined) continue
    const names = owners.get(store) ?? new Set()
    owners.set(store, names.add(`${store}.${unique}`))
  }
  return owners
}

/** In the order in which they were written. */
export async function listSegments({ folder, name }: SpoolOwner): Promise<string[]> {
  const files = await listFolder(folder)
  return files.filter((file) => segmentShape.test(file) && file.startsWith(`${name}.`)).sort()
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Gives up what this process owned. With the lock gone, what is left is there to be adopted. */
export async function disown({ folder, name, lock }: SpoolOwner, isEmpty: boolean): Promise<void> {
  const path = lockPathOf(join(folder, name))
  const isRemoved = async () => {
    try {
      await rm(path, { force: true })
      return true
    } catch {
      return false
    }
  }
  // Before it is released, so that whoever is about to take it sees that it is gone. Windows does not allow that.
  const removed = !isEmpty || (await isRemoved())
  lock.release()
  if (!removed) await isRemoved()
}
