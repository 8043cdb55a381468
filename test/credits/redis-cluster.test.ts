import KeyvRedis, { createCluster } from '@keyv/redis'
import { Cluster } from 'iovalkey'
import { Keyv } from 'keyv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeCreditDriver } from '../../packages/core/src/credits/conformance.ts'
import { createRedisCreditDriver } from '../../packages/core/src/credits/redis-driver.ts'
import { collect } from '../../packages/core/src/store/collect.ts'
import { openStore } from '../../packages/core/src/store/open-store.ts'
import type { RedisConnection } from '../../packages/core/src/store/redis/redis-connection.ts'
import { createOwnRedisCluster, type OwnRedisCluster } from '../stores/own-redis-cluster.ts'
import { describeOwnStore } from '../stores/own-stores.ts'

const silent = { info() {}, warn() {}, error() {} }

/** Keyvs over a cluster, and how their own client ends. */
const keyvs = {
  '@keyv/redis': (urls: readonly string[]) => {
    const client = createCluster({ rootNodes: urls.map((url) => ({ url })) })
    return { keyv: new Keyv(new KeyvRedis(client)), end: () => {} }
  },
  iovalkey: (urls: readonly string[]) => {
    const client = new Cluster([...urls], { lazyConnect: true })
    const adapter = { redis: client, get() {}, set() {}, delete() {}, clear() {}, on() {}, opts: {} }
    return { keyv: new Keyv({ store: adapter }), end: () => client.disconnect() }
  },
} as const

describeOwnStore('redis', 'credits in a cluster of Redis', () => {
  let cluster: OwnRedisCluster
  beforeAll(async () => {
    cluster = await createOwnRedisCluster()
  })
  afterAll(() => cluster.remove())

  describe.each(Object.entries(keyvs))('over %s', (_, create) => {
    let store: ReturnType<typeof openStore>
    let connection: RedisConnection
    let end: () => void
    beforeAll(() => {
      const created = create(cluster.urls)
      end = created.end
      store = openStore(created.keyv)
      if (store.kind !== 'redis') throw new Error('It was not recognised.')
      connection = store.connection
    })
    afterAll(async () => {
      await store.close()
      end()
    })

    describeCreditDriver({
      test,
      create: async ({ now }) => {
        const prefix = `test:${crypto.randomUUID()}`
        const driver = createRedisCreditDriver({ connection, prefix, now, logger: silent })
        await driver.init()
        return driver
      },
    })

    test('records of many namespaces are kept on whichever server', async () => {
      for (const namespace of ['a', 'b', 'c', 'd']) {
        const records = store.records<{ text: string }>(`${namespace}-${crypto.randomUUID()}`)
        await records.putMany(Array.from({ length: 30 }, (_, index) => [`id ${index}`, { text: namespace }]))
        expect(await records.get('id 7')).toEqual({ text: namespace })
        expect(await collect(records.list())).toHaveLength(30)
      }
    })
  })
})
