import KeyvRedis from '@keyv/redis'
import KeyvValkey from '@keyv/valkey'
import { Keyv } from 'keyv'
import { afterAll, describe, expect, test } from 'vitest'
import { describeWithService, redisUrl } from '../../../../../test/services.ts'
import { testAlteredRecords } from '../../../../../test/stores/test-altered-records.ts'
import { collect } from '../collect.ts'
import { openStore } from '../open-store.ts'
import { openRedis } from './open-redis.ts'
import { createRedisAdapter } from './redis-adapter.ts'

interface Note {
  readonly text: string
}

const unavailable = { code: 'store_unavailable', status: 503 }
const valkey = new KeyvValkey(redisUrl())
const redis = new KeyvRedis(redisUrl())

const stores = {
  'an address': redisUrl(),
  'an address of Valkey': redisUrl().replace('redis:', 'valkey:'),
  'a Keyv over @keyv/redis': new Keyv(redis),
  'a Keyv over @keyv/valkey': new Keyv(valkey),
}

await describeWithService('records in Redis', redisUrl(), () => {
  const run = crypto.randomUUID()
  const connection = openRedis({ url: redisUrl() })
  const used = new Set<string>()
  const open = (store: string | Keyv) => {
    const opened = openStore(store)
    const records = (name: string) => {
      used.add(`${name}-${run}`)
      return opened.records<Note>(`${name}-${run}`)
    }
    return { opened, records }
  }
  afterAll(async () => {
    for (const namespace of used) await createRedisAdapter({ connection, namespace }).clear()
    connection.close()
    await valkey.disconnect()
  })

  describe.each(Object.entries(stores))('by %s', (_, place) => {
    test('are created once, read, listed and deleted, each namespace apart', async () => {
      const { opened, records } = open(place)
      const [id, notes, others] = [crypto.randomUUID(), records('notes'), records('others')]
      await notes.create(id, { text: 'one' })
      await others.put(id, { text: 'two' })
      await expect(notes.create(id, { text: 'three' })).rejects.toMatchObject({ code: 'invalid_request' })
      expect(await notes.get(id)).toEqual({ text: 'one' })
      expect(await notes.get('missing')).toBeUndefined()
      expect(new Map(await collect(others.list())).get(id)).toEqual({ text: 'two' })
      expect(await notes.delete(id)).toBe(true)
      expect(await notes.delete(id)).toBe(false)
      expect(await notes.get(id)).toBeUndefined()
      await opened.close()
    })

    test('a closed store rejects every question', async () => {
      const { opened, records } = open(place)
      const notes = records('closed')
      await opened.close()
      await expect(notes.get('a')).rejects.toMatchObject(unavailable)
      await expect(notes.put('a', { text: 'one' })).rejects.toMatchObject(unavailable)
      await expect(notes.putMany([['a', { text: 'one' }]])).rejects.toMatchObject(unavailable)
      await expect(notes.delete('a')).rejects.toMatchObject(unavailable)
      await expect(collect(notes.list())).rejects.toMatchObject(unavailable)
    })
  })

  describe('altered', () => {
    const opened: ReturnType<typeof openStore>[] = []
    afterAll(() => Promise.all(opened.map((store) => store.close())))
    testAlteredRecords(() => {
      const store = openStore(redisUrl())
      opened.push(store)
      used.add(`altered-${run}`)
      return store.records(`altered-${run}`)
    })
  })

  test('more than a page is listed, each once', async () => {
    const { opened, records } = open(redisUrl())
    const entries = Array.from({ length: 1201 }, (_, index) => [`id-${index}`, { text: `${index}` }] as const)
    await records('many').putMany(entries)
    const listed = await collect(records('many').list())
    expect(listed).toHaveLength(1201)
    expect(new Map(listed)).toEqual(new Map(entries))
    await opened.close()
  })

  test('the client of a Keyv stays as it is', async () => {
    const own = new KeyvRedis(redisUrl())
    const client = await own.getClient()
    const { opened, records } = open(new Keyv(own))
    await records('borrowed').put('a', { text: 'one' })
    await opened.close()
    expect(client.isOpen).toBe(true)
    await own.disconnect()
    const { opened: again, records: later } = open(new Keyv(own))
    expect(await later('borrowed').get('a')).toEqual({ text: 'one' })
    await again.close()
  })

  test('what is of another kind under our name is an error and never a miss', async () => {
    const { opened, records } = open(redisUrl())
    const alien = records('alien')
    const key = `tollgate:alien-${run}:records`
    await connection.command(key, ['SET', key, 'text'])
    await expect(alien.get('a')).rejects.toMatchObject(unavailable)
    await expect(alien.put('a', { text: 'one' })).rejects.toMatchObject(unavailable)
    await opened.close()
  })

  test('serves a Keyv: many at once, iteration, clearing its own namespace only', async () => {
    const adapters = [1, 2].map((index) =>
      createRedisAdapter({ connection, namespace: `keyv-${index}-${run}` }),
    )
    const [mine, theirs] = adapters as [(typeof adapters)[0], (typeof adapters)[0]]
    await theirs.set('a', 'their own')
    await mine.setMany([
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ])
    expect(await mine.getMany(['a', 'b', 'c'])).toEqual(['1', '2', undefined])
    expect([await mine.has('a'), await mine.has('c')]).toEqual([true, false])
    expect(new Map((await collect(mine.iterator())) as [string, string][])).toEqual(
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    )
    await mine.clear()
    expect(await mine.get('a')).toBeUndefined()
    expect(await theirs.get('a')).toBe('their own')
    await theirs.clear()
  })
})

test('a server that is away is an error at once, and no reason not to open', async () => {
  const store = openStore('redis://127.0.0.1:1')
  await expect(store.records<Note>('notes').get('a')).rejects.toMatchObject(unavailable)
  await store.close()
})
