import { afterAll, test } from 'vitest'
import { describeWithService, redisUrl } from '../../../../test/services.ts'
import { openRedis } from '../store/redis/open-redis.ts'
import { describeCreditDriver } from './conformance.ts'
import { createRedisCreditDriver } from './redis-driver.ts'

await describeWithService('credits in Redis', redisUrl(), () => {
  const connection = openRedis({ url: redisUrl() })
  afterAll(() => connection.close())

  describeCreditDriver({
    test,
    create: async ({ now }) => {
      const prefix = `test:${crypto.randomUUID()}`
      const driver = createRedisCreditDriver({ connection, prefix, now, logger: console })
      await driver.init()
      return driver
    },
  })
})
