import { expect, test } from 'vitest'
import { createRedisCreditDriver } from '../../packages/core/src/credits/redis-driver.ts'
import { openRedis } from '../../packages/core/src/store/redis/open-redis.ts'
import { createOwnRedis } from '../stores/own-redis.ts'
import { describeOwnStore } from '../stores/own-stores.ts'

const synced = ['--appendonly', 'yes', '--appendfsync', 'always']
const everySecond = ['--appendonly', 'yes', '--appendfsync', 'everysec']
const bounded = ['--maxmemory', '100mb', '--maxmemory-policy']
/** May do everything but the last. */
const user = ['--user', 'default', 'on', 'nopass', '~*', '&*', '+@all']

/** What a driver says of a server with these settings when it starts. */
async function start(settings: readonly string[]) {
  const server = await createOwnRedis(settings)
  await server.start()
  const connection = openRedis({ url: server.url })
  const warnings: string[] = []
  const warn = (_: unknown, message: string) => warnings.push(message)
  const driver = createRedisCreditDriver({ connection, logger: { info() {}, warn, error() {} } })
  try {
    await driver.init()
    return { durability: driver.durability, warnings }
  } finally {
    connection.close()
    await server.remove()
  }
}

describeOwnStore('redis', 'how safe a Redis is', () => {
  test.each([
    [synced, 'sync', []],
    [everySecond, 'window', ['appendfsync']],
    [['--appendonly', 'yes', '--appendfsync', 'no'], 'window', ['appendfsync']],
    [['--appendonly', 'no'], 'none', ['appendonly']],
    [[...synced, ...bounded, 'noeviction'], 'sync', []],
    [[...synced, ...bounded, 'allkeys-lru'], 'sync', ['maxmemory-policy']],
    [[...synced, ...user, '-config'], 'window', ['appendfsync']],
    [[...synced, ...user, '-info'], 'none', ['INFO']],
  ] as const)('with %j it is %s', async (settings, durability, warnings) => {
    expect(await start(settings)).toEqual({
      durability,
      warnings: warnings.map((word) => expect.stringContaining(word)),
    })
  })

  test('one that cannot be written to is refused', async () => {
    const full = ['--maxmemory', '1', '--maxmemory-policy', 'noeviction']
    await expect(start(full)).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
