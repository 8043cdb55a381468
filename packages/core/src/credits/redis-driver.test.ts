import KeyvValkey from '@keyv/valkey'
import fc from 'fast-check'
import { Keyv } from 'keyv'
import { afterAll, test } from 'vitest'
import { describeWithService, redisUrl } from '../../../../test/services.ts'
import { removeKeys, testPrefix } from '../../../../test/stores/redis-keys.ts'
import { recogniseKeyv } from '../store/keyv-adapter.ts'
import { openRedis, type RedisPlace } from '../store/redis/open-redis.ts'
import { describeCreditInterleavings } from './conformance/interleavings/describe-credit-interleavings.ts'
import { describeCreditModel } from './conformance/model/describe-credit-model.ts'
import type { CreateDriver } from './conformance/options.ts'
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

    const create: CreateDriver = async ({ now }) => {
      const driver = createRedisCreditDriver({ connection, prefix, now, logger: silent })
      await driver.init()
      return driver
    }
    describeCreditDriver({ test, create })
    if ('client' in place) return
    describeCreditModel({ test, fc, create, restarts: true })
    describeCreditInterleavings({ test, create, drivers: 3 })
  })
}

await describeRedis('credits in Redis', { url: redisUrl() })

const valkey = new KeyvValkey(redisUrl())
afterAll(() => valkey.disconnect())
await describeRedis('credits in Redis over a client of iovalkey', {
  client: (recogniseKeyv(new Keyv(valkey)) as { readonly client: object }).client,
})
