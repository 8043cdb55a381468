import KeyvValkey from '@keyv/valkey'
import { Keyv } from 'keyv'
import { afterAll, test } from 'vitest'
import { describeWithService, redisUrl } from '../../../../test/services.ts'
import { removeKeys, testPrefix } from '../../../../test/stores/redis-keys.ts'
import { recogniseKeyv } from '../store/keyv-adapter.ts'
import { openRedis, type RedisPlace } from '../store/redis/open-redis.ts'
import { describeCreditDriver } from './conformance.ts'
import { createRedisCreditDriver } from './redis-driver.ts'

const silent = { info() {}, warn() {}, error() {} }

async function describeRedis(title: string, place: RedisPlace): Promise<void> {
  await describeWithService(title, redisUrl(), () => {
    const connection = openRedis(place)
    const prefix = testPrefix()
    afterAll(async () => {
      await removeKeys(connection, prefix)
      connection.close()
    })

    describeCreditDriver({
      test,
      create: async ({ now }) => {
        const own = `${prefix}:${crypto.randomUUID()}`
        const driver = createRedisCreditDriver({ connection, prefix: own, now, logger: silent })
        await driver.init()
        return driver
      },
    })
  })
}

await describeRedis('credits in Redis', { url: redisUrl() })

const valkey = new KeyvValkey(redisUrl())
afterAll(() => valkey.disconnect())
await describeRedis('credits in Redis over a client of iovalkey', {
  client: (recogniseKeyv(new Keyv(valkey)) as { readonly client: object }).client,
})
