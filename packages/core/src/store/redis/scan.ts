import type { RedisConnection } from './redis-connection.ts'

const pageSize = '500'

/** What a set has, or a hash in turns of name and value, a page at a time. Redis may repeat itself. */
export async function* scan(
  connection: RedisConnection,
  name: 'HSCAN' | 'SSCAN',
  key: string,
): AsyncGenerator<readonly string[]> {
  let cursor = '0'
  do {
    const page = await connection.command(key, [name, key, cursor, 'COUNT', pageSize])
    const [next, items] = page as readonly [string, readonly string[]]
    yield items
    cursor = next
  } while (cursor !== '0')
}
