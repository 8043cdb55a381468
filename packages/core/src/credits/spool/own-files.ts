import { createSegment, type Segment } from './segment.ts'
import { disown, ownNewFiles, type SpoolOwner, segmentPath } from './spool-files.ts'
import { makeFolder } from './spool-folder.ts'
import { encodeLine } from './spool-line.ts'

/** The files of this process. */
export interface OwnFiles {
  /** The next one, with its first line. Takes a name for them all when it is the first. */
  create(): Promise<Segment>
  /** @param isEmpty Nothing is left of them. */
  close(isEmpty: boolean): Promise<void>
}

/** Nothing is made before there is something to write, so that who only reads leaves no trace. */
export function createOwnFiles(folder: string, store: string): OwnFiles {
  let owner: SpoolOwner | undefined
  let number = 0
  return {
    async create() {
      await makeFolder(folder)
      owner ??= ownNewFiles(folder, store)
      number += 1
      const segment = await createSegment(segmentPath(owner, number))
      try {
        // A full disk still takes an empty file.
        await segment.append(encodeLine({ op: 'opened', at: Date.now(), pid: process.pid }))
      } catch (error) {
        await segment.remove().catch(() => {})
        throw error
      }
      return segment
    },
    async close(isEmpty) {
      if (owner) await disown(owner, isEmpty)
      owner = undefined
    },
  }
}
