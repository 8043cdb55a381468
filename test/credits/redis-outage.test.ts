import KeyvValkey from '@keyv/valkey'
import { Keyv } from 'keyv'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { createRedisCreditDriver } from '../../packages/core/src/credits/redis-driver.ts'
import { openStore, type Store } from '../../packages/core/src/store/open-store.ts'
import { createOwnRedis } from '../stores/own-redis.ts'
import type { OwnServer } from '../stores/own-server.ts'
import { describeOwnStore } from '../stores/own-stores.ts'

const unavailable = { code: 'store_unavailable' }
const silent = { info() {}, warn() {}, error() {} }

const places = {
  '@keyv/redis': (url: string) => ({ store: url, end: async () => {} }),
  '@keyv/valkey': (url: string) => {
    const adapter = new KeyvValkey(url, { lazyConnect: true } as object)
    return { store: new Keyv(adapter), end: () => adapter.disconnect() }
  },
} as const

describeOwnStore('redis', 'credits in a Redis that stops answering', () => {
  let server: OwnServer
  beforeAll(async () => {
    server = await createOwnRedis()
    await server.start()
  })
  afterAll(() => server.remove())

  describe.each(Object.entries(places))('by %s', (_, create) => {
    const account = `account-${crypto.randomUUID()}`
    let place: ReturnType<(typeof places)[keyof typeof places]>
    let store: Store
    let driver: CreditDriver
    beforeEach(async () => {
      place = create(server.url)
      store = openStore(place.store)
      if (store.kind !== 'redis') throw new Error('It was not recognised.')
      driver = createRedisCreditDriver({ connection: store.connection, logger: silent })
      await driver.init()
      await driver.credit({ account, ref: 'grant', amount: 1000n, kind: 'topup' })
    })
    afterEach(async () => {
      await store.close()
      await place.end()
    })

    test('frozen, it is given up on in two seconds, and answers as it should when it thaws', async () => {
      const ids = Array.from({ length: 40 }, () => createCallId())
      const hold = (id: string, index: number) =>
        driver.hold({ id, account, amount: BigInt(index + 1), ttlMs: 60_000 })
      server.pause()
      const timed = async (ask: () => unknown) => {
        const before = performance.now()
        await expect((async () => ask())()).rejects.toMatchObject(unavailable)
        expect(performance.now() - before).toBeLessThan(2000)
      }
      await Promise.all(ids.map((id, index) => timed(() => hold(id, index))))
      await timed(() => driver.balance(account))
      server.resume()
      const again = await Promise.all(ids.map(hold))
      const amounts = ids.map((_, index) => BigInt(index + 1))
      expect(again.map((result) => result.ok && result.amount)).toEqual(amounts)
      expect((await driver.balance(account)).held).toBe(820n)
      expect(await driver.audit(account)).toMatchObject({ ok: true, problems: [] })
    })

    test('dead, it is an error at once, and works again when it is back', async () => {
      await server.kill()
      const before = performance.now()
      await expect(driver.balance(account)).rejects.toMatchObject(unavailable)
      await expect(driver.balance(account)).rejects.toMatchObject(unavailable)
      expect(performance.now() - before).toBeLessThan(1000)
      await server.start()
      expect(await driver.balance(account)).toMatchObject({ topups: 1000n })
    })

    test('a connection that was cut while nobody used it is no error', async () => {
      const other = openStore(server.url)
      if (other.kind !== 'redis') throw new Error('It was not recognised.')
      await other.connection.command('', ['CLIENT', 'KILL', 'TYPE', 'normal'])
      await other.close()
      // What the connection says of its end has to arrive first.
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(await driver.balance(account)).toMatchObject({ topups: 1000n })
    })
  })
})
