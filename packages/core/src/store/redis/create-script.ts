import { createHash } from 'node:crypto'
import type { RedisScript } from './redis-connection.ts'

/** A script made of pieces, named by its hash, as Redis remembers it. */
export function createScript(...pieces: readonly string[]): RedisScript {
  const source = pieces.join('')
  return { source, sha: createHash('sha1').update(source).digest('hex') }
}
