import { createHash } from 'node:crypto'

/** The hexadecimal digest of a text: the same text has the same one everywhere, and nothing else tells of it. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
