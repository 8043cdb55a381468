import KeyvRedis, { createCluster } from '@keyv/redis'
import { Cluster } from 'iovalkey'
import { Keyv } from 'keyv'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import { createKeyNames } from '../../packages/core/src/credits/redis/account-keys.ts'
import { createRedisCreditDriver } from '../../packages/core/src/credits/redis-driver.ts'
import { openStore, type Store } from '../../packages/core/src/store/open-store.ts'
import type { RedisConnection } from '../../packages/core/src/store/redis/redis-connection.ts'
import { askServer, createOwnRedisCluster, type OwnRedisCluster } from '../stores/own-redis-cluster.ts'
import type { OwnServer } from '../stores/own-server.ts'
import { describeOwnStore } from '../stores/own-stores.ts'

const silent = { info() {}, warn() {}, error() {} }

/** How answers mark their texts. */
const text = '$'.charCodeAt(0)

/** Keyvs whose own clients read from replicas, and answer as nobody else expects. */
const keyvs = {
  '@keyv/redis': ([url]: OwnRedisCluster['urls']) => {
    const commandOptions = { typeMapping: { [text]: Buffer } }
    const client = createCluster({ rootNodes: [{ url }], useReplicas: true, commandOptions })
    return { keyv: new Keyv(new KeyvRedis(client as never)), end: () => {} }
  },
  iovalkey: ([url]: OwnRedisCluster['urls']) => {
    const client = new Cluster([url], { lazyConnect: true, scaleReads: 'slave' })
    return { keyv: new Keyv({ store: adapterOf(client) }), end: () => client.disconnect() }
  },
} as const

const adapterOf = (client: Cluster) => ({
  ...{ redis: client, get() {}, set() {}, delete() {}, clear() {}, on() {}, opts: {} },
})

function open(keyv: Keyv) {
  const store = openStore(keyv)
  if (store.kind !== 'redis') throw new Error('It was not recognised.')
  return { store, connection: store.connection }
}

/** Writes and reads on every master. */
async function useRecords(store: Store) {
  for (let index = 0; index < 20; index += 1) {
    const records = store.records<{ text: string }>(`records-${index}-${crypto.randomUUID()}`)
    await records.put('a', { text: 'one' })
    expect(await records.get('a')).toEqual({ text: 'one' })
  }
}

describeOwnStore('redis', 'a cluster of Redis that has replicas, and moves its slots', () => {
  let cluster: OwnRedisCluster
  let replica: OwnServer
  beforeAll(async () => {
    cluster = await createOwnRedisCluster({ replica: true })
    replica = cluster.replica as OwnServer
  })
  afterAll(() => cluster.remove())

  describe.each(Object.entries(keyvs))('over %s', (_, create) => {
    let store: Store
    let connection: RedisConnection
    let end: () => void
    beforeEach(() => {
      const created = create(cluster.urls)
      end = created.end
      ;({ store, connection } = open(created.keyv))
    })
    afterEach(async () => {
      await store.close()
      end()
    })

    test('nothing is read from a replica, whose answers may be old', async () => {
      await askServer(replica.url, 'CONFIG', 'RESETSTAT')
      await useRecords(store)
      const info = String(await askServer(replica.url, 'INFO', 'commandstats'))
      expect(info).toContain('cmdstat_hset')
      expect(info).not.toContain('cmdstat_hget:')
    })

    test('while the slot of an account moves, a step is done wholly or not at all', async () => {
      const [prefix, clock] = [`test:${crypto.randomUUID()}`, { now: Date.now() }]
      const driver = createRedisCreditDriver({ connection, prefix, now: () => clock.now, logger: silent })
      const account = `account-${crypto.randomUUID()}`
      await driver.credit({ account, ref: 'grant', amount: 1000n, kind: 'topup' })
      await driver.hold({
        id: createCallId(),
        account,
        amount: 10n,
        ttlMs: 1000,
        limits: [{ id: 'key' }, { id: 'account' }],
      })
      const names = createKeyNames(prefix).ofAccount(account)
      // With everything that an account may have, a server runs its scripts until the first key has moved.
      for (const name of names.filter((each) => !each.endsWith(':nothing'))) {
        if ((await connection.command(name, ['EXISTS', name])) === 0) {
          await connection.command(name, ['HSET', name, 'another', '1'])
        }
      }
      const move = await beginMove(cluster.urls, names[0] ?? '')
      clock.now += 1001
      await driver.expire(10).catch((error) => expect(error).toMatchObject({ code: 'store_unavailable' }))
      await move.stop()
      await driver.expire(10)
      expect(await driver.balance(account)).toMatchObject({ available: 1000n, held: 0n, seq: 2 })
      expect(await driver.audit(account)).toMatchObject({ ok: true, problems: [] })
    })
  })

  test('a copy of a cluster that reads from replicas reads from none', async () => {
    const copies: Cluster[] = []
    class Watched extends Cluster {
      override duplicate(...args: Parameters<Cluster['duplicate']>) {
        const copy = super.duplicate(...args)
        copies.push(copy)
        return copy
      }
    }
    const client = new Watched([cluster.urls[0]], { lazyConnect: true, scaleReads: 'all' })
    const { store } = open(new Keyv({ store: adapterOf(client) }))
    await useRecords(store)
    expect(copies.map(({ options }) => options.scaleReads)).toEqual(['master'])
    await store.close()
    client.disconnect()
  })

  test.each(Object.entries(keyvs))('over %s, a replica that is away stops nothing', async (_, create) => {
    await replica.kill()
    const { keyv, end } = create(cluster.urls)
    const { store } = open(keyv)
    await useRecords(store)
    await store.close()
    end()
  })
})

/** Tells both masters that the slot of this key moves from its one to the other. */
async function beginMove(urls: OwnRedisCluster['urls'], key: string) {
  const slot = Number(await askServer(urls[0], 'CLUSTER', 'KEYSLOT', key))
  const [from, to] = slot < 8192 ? urls : [urls[1], urls[0]]
  const [fromId, toId] = [await idOf(from), await idOf(to)]
  await askServer(to, 'CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', fromId)
  await askServer(from, 'CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', toId)
  return {
    stop: async () => {
      for (const url of urls) await askServer(url, 'CLUSTER', 'SETSLOT', `${slot}`, 'STABLE')
    },
  }
}

const idOf = async (url: string) => String(await askServer(url, 'CLUSTER', 'MYID'))
