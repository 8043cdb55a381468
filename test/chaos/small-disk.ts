import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** A disk that is full when a test wants it to be. */
export interface SmallDisk {
  fill(): void
  free(): void
  remove(): void
}

/** @returns Undefined where no disk can be made: that takes root. */
export function mountSmallDisk(folder: string, size = '4m'): SmallDisk | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  const ballast = join(folder, 'ballast')
  return {
    fill() {
      const descriptor = openSync(ballast, 'a')
      try {
        for (const block of [65_536, 4096, 1]) fillWith(descriptor, Buffer.alloc(block))
      } finally {
        closeSync(descriptor)
      }
    },
    free() {
      if (existsSync(ballast)) rmSync(ballast)
    },
    remove: () => void execFileSync('umount', ['-l', folder]),
  }
}

function fillWith(descriptor: number, block: Buffer): void {
  try {
    for (;;) writeSync(descriptor, block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
