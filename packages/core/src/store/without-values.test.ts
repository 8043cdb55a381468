import KeyvValkey from '@keyv/valkey'
import { expect, test } from 'vitest'
import { describeWithService, mysqlUrl, redisUrl } from '../../../../test/services.ts'
import { openMysql } from './mysql/open-mysql.ts'
import { openRedis } from './redis/open-redis.ts'

const canary = 'canary-value'

/** Everything that a logger which shows causes would show. */
function shown(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const members = Object.getOwnPropertyNames(error).filter((name) => name !== 'cause')
  const own = members.map((name) => String(JSON.stringify((error as Record<string, unknown>)[name])))
  return own.join(' ') + shown((error as { cause?: unknown }).cause)
}

await describeWithService('P20 what a MySQL server refuses', mysqlUrl(), () => {
  test('is told without the values that were sent', async () => {
    const server = openMysql({ connection: mysqlUrl() })
    const refused = await server
      .query({ text: 'SELECT ? FROM nowhere', values: [canary] })
      .catch((error) => error)
    expect(refused).toBeInstanceOf(Error)
    expect(shown(refused)).not.toContain(canary)
    await server.close()
  })
})

await describeWithService('P20 what a Redis server refuses', redisUrl(), () => {
  test('is told without the values that were sent', async () => {
    const { redis: client } = new KeyvValkey(redisUrl())
    const connection = openRedis({ client })
    const refused = await connection.command('a', ['SET', 'a', canary, 'NONSENSE']).catch((error) => error)
    expect(refused).toMatchObject({ code: 'store_unavailable' })
    expect(shown(refused)).not.toContain(canary)
    connection.close()
    client.disconnect()
  })
})
