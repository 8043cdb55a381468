import { type FileHandle, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from './spool-folder.ts'

/** One file of a spool, written at its end by this process alone. */
export interface Segment {
  readonly size: number
  append(text: string): Promise<void>
  /** Brings what was appended to the disk. After a failure nothing that was appended counts. */
  sync(): Promise<void>
  close(): Promise<void>
  remove(): Promise<void>
}

/**
 * Makes a new file that a power cut leaves in its place.
 *
 * @throws Error when the disk does not take it.
 */
export async function createSegment(path: string): Promise<Segment> {
  const file = await open(path, 'wx', 0o600)
  await syncFolder(dirname(path))
  let size = 0
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await file.close()
  }
  return {
    get size() {
      return size
    },
    async append(text) {
      const bytes = Buffer.from(text)
      await writeAll(file, bytes, size)
      size += bytes.length
    },
    sync: () => file.datasync(),
    close,
    async remove() {
      await close()
      await rm(path, { force: true })
    },
  }
}

/** A disk that fills up takes a part first and refuses the rest. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const left = bytes.length - written
    const { bytesWritten } = await file.write(bytes, written, left, position + written)
    written += bytesWritten
  }
}
