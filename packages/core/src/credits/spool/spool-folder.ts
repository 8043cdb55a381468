import { existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/**
 * Makes sure, before any call, that the folder takes files, or can be made. A disk that is full may have room later;
 * calls are refused until then.
 *
 * @throws Error that names the option.
 */
export function checkSpoolFolder(folder: string): void {
  let existing = resolve(folder)
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing)
  try {
    if (!statSync(existing).isDirectory()) throw new Error(`"${existing}" is not a folder.`)
    rmdirSync(mkdtempSync(join(existing, '.tollgate-spool-')))
  } catch (cause) {
    if (isFull(cause)) return
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `The option spool (TOLLGATE_SPOOL) names "${folder}", where charges cannot be written down: ${reason}`
    throw new Error(message, { cause })
  }
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException).code))
}

/** Makes the folder where there is none, so that a power cut leaves it in its place. */
export async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (made !== undefined) await syncFolder(dirname(made))
}

/** Brings the names of its files to the disk. Windows neither needs it nor can do it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
