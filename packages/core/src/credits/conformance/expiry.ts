import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { type Contract, readRows, reasonOf } from './bench.ts'

/** What time does to holds. */
export const expiryContract: Contract = {
  'P3 a hold ends at its very millisecond, not before': async ({ driver, take, grant, has, clock }) => {
    await grant(100n)
    await take()
    clock.now += 59_999
    strictEqual(await driver.expire(10), 0)
    await has({ held: 100n })
    clock.now += 1
    strictEqual(await driver.expire(10), 1)
    await has({ available: 100n, held: 0n })
  },

  'P3 expired holds are given back in batches, those that ended first before others': async (bench) => {
    const { driver, account, take, grant, clock } = bench
    await grant(1000n)
    const lengths = [5000, 1000, 4000, 2000, 3000]
    const ids: string[] = []
    for (const ttlMs of lengths) ids.push(await take({ ttlMs }))
    await take({ ttlMs: 600_000 })
    clock.now += 10_000
    const counts = [await driver.expire(2), await driver.expire(2), await driver.expire(2)]
    deepStrictEqual([...counts, await driver.expire(2)], [2, 2, 1, 0])
    const given = (await readRows(driver, account)).slice(1)
    deepStrictEqual(
      given.map(({ op, ref, amount }) => [op, ref, amount]),
      [1, 3, 4, 2, 0].map((index) => ['expire', ids[index], 100n]),
    )
  },

  'P3 a hold on its way gives back at most four that ended first, even when it is refused': async (bench) => {
    const { driver, account, hold, take, grant, has, clock } = bench
    await grant(600n)
    const ids: string[] = []
    for (const ttlMs of [6000, 5000, 4000, 3000, 2000, 1000]) ids.push(await take({ ttlMs }))
    clock.now += 6000
    strictEqual(reasonOf(await hold({ amount: 401n })), 'insufficient')
    await has({ available: 400n, held: 200n })
    const given = (await readRows(driver, account)).slice(1).map(({ ref }) => ref)
    deepStrictEqual(given, ids.slice(2).reverse())
    strictEqual((await hold({ amount: 600n })).ok, true)
  },

  'expired holds of many accounts are given back together': async ({ driver, account, clock }) => {
    const others = Array.from({ length: 12 }, (_, index) => `${account} ${index}`)
    for (const other of others) {
      await driver.credit({ account: other, ref: 'grant', amount: 200n, kind: 'topup' })
      for (const id of ['a', 'b']) await driver.hold({ id, account: other, amount: 100n, ttlMs: 1000 })
    }
    clock.now += 1000
    let given = 0
    for (let batch = -1; batch !== 0; given += batch) {
      batch = await driver.expire(7)
      strictEqual(batch <= 7, true)
    }
    strictEqual(given, 24)
    for (const other of others) {
      const { available, held } = await driver.balance(other)
      deepStrictEqual({ available, held }, { available: 200n, held: 0n })
      deepStrictEqual((await driver.audit(other)).problems, [])
    }
  },

  'a settlement after the hold ended writes its expiry first, if nobody has': async (bench) => {
    const { driver, account, settle, take, grant, clock } = bench
    await grant(100n)
    const id = await take()
    clock.now += 60_000
    deepStrictEqual(await settle(id), {
      state: 'settled_late',
      replay: false,
      charged: 40n,
      shortfall: 0n,
      seq: 3,
    })
    const rows = await readRows(driver, account)
    deepStrictEqual(
      rows.map(({ op, availableAfter, heldAfter }) => [op, availableAfter, heldAfter]),
      [
        ['topup', 100n, 0n],
        ['expire', 100n, 0n],
        ['settle_late', 60n, 0n],
      ],
    )
  },

  'a late settlement takes what is available, and other holds stay whole': async (bench) => {
    const { settle, take, grant, has, clock } = bench
    await grant(150n)
    const id = await take()
    clock.now += 60_000
    await take({ amount: 130n })
    deepStrictEqual(await settle(id, { modelCost: 80n }), {
      state: 'settled_late',
      replay: false,
      charged: 20n,
      shortfall: 70n,
      seq: 3,
    })
    await has({ available: 0n, held: 130n, spent: 20n })
  },

  'a release of a hold that ended, and that nobody gave back, gives it back': async (bench) => {
    const { driver, account, take, grant, has, clock } = bench
    await grant(100n)
    const id = await take()
    clock.now += 60_000
    strictEqual((await driver.release(id, account)).state, 'released')
    strictEqual(await driver.expire(10), 0)
    await has({ available: 100n, held: 0n, seq: 2 })
  },
}
