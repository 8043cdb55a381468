import type { RedisConnection } from '../../packages/core/src/store/redis/redis-connection.ts'

/** Names for a test's own keys on a server that others use too. */
export const testPrefix = () => `test:${crypto.randomUUID()}`

/** Removes what a test wrote. Not for clusters, whose servers belong to one test. */
export async function removeKeys(connection: RedisConnection, prefix: string): Promise<void> {
  let cursor = '0'
  do {
    const page = await connection.command('', ['SCAN', cursor, 'MATCH', `${prefix}*`, 'COUNT', '1000'])
    const [next, keys] = page as readonly [string, readonly string[]]
    if (keys.length > 0) await connection.command('', ['UNLINK', ...keys])
    cursor = next
  } while (cursor !== '0')
}
