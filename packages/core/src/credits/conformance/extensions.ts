import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { type Contract, readRows, reasonOf } from './bench.ts'

/** Holds that take less than they want, and holds that grow. */
export const extensionContract: Contract = {
  'P2 a hold that can do with less takes what there is, and no less than its minimum': async ({
    hold,
    grant,
    has,
  }) => {
    await grant(70n)
    deepStrictEqual(await hold({ minimum: 71n }), {
      ok: false,
      reason: 'insufficient',
      available: 70n,
      held: 0n,
    })
    const taken = await hold({ minimum: 70n })
    strictEqual(taken.ok && taken.amount, 70n)
    await has({ available: 0n, held: 70n })
  },

  'P2 a hold that leaves a share takes that part, or the least it names, where that is more': async ({
    hold,
    grant,
  }) => {
    await grant(1000n)
    const amounts = []
    const wishes = [
      { amount: 900n, minimum: 10n, share: { of: 4, atLeast: 20n } },
      { amount: 900n, minimum: 10n, share: { of: 4, atLeast: 300n } },
      { amount: 50n, minimum: 10n, share: { of: 2, atLeast: 5n } },
      { amount: 900n, minimum: 350n, share: { of: 4, atLeast: 5n } },
    ]
    for (const wish of wishes) {
      const taken = await hold(wish)
      amounts.push(taken.ok && taken.amount)
    }
    deepStrictEqual(amounts, [250n, 300n, 50n, 350n])
  },

  'a partial hold stays within what its key may spend': async ({ hold, grant }) => {
    await grant(1000n)
    const limits = [{ id: 'key', spend: { lifetime: 60n } }]
    strictEqual(reasonOf(await hold({ limits, minimum: 61n })), 'spend_limit')
    const taken = await hold({ limits, minimum: 10n })
    strictEqual(taken.ok && taken.amount, 60n)
    strictEqual(reasonOf(await hold({ limits, minimum: 1n })), 'spend_held')
  },

  'a partial hold is repeated by what it asked for, and settles above what it got': async ({
    hold,
    take,
    settle,
    grant,
    credit,
  }) => {
    await grant(70n)
    const id = await take({ minimum: 10n })
    await credit({ ref: 'more', kind: 'topup', amount: 50n })
    const again = await hold({ id, minimum: 10n })
    deepStrictEqual(again.ok && [again.replay, again.amount, again.available], [true, 70n, 50n])
    const settled = await settle(id, { modelCost: 90n, fee: 10n })
    strictEqual(settled.state === 'settled' && settled.charged, 100n)
  },

  'an extension names its goal: repeated, or aiming lower, it changes no amount': async (bench) => {
    const { driver, account, take, grant, has, clock } = bench
    await grant(1000n)
    const id = await take()
    const grown = { ok: true, replay: false, amount: 300n, expiresAt: clock.now + 60_000, available: 700n }
    for (const toAmount of [300n, 300n, 200n, 0n])
      deepStrictEqual(await driver.extend(id, account, { toAmount }), grown)
    await has({ available: 700n, held: 300n })
  },

  'an extension takes what there is down to its minimum, and refused it renews nothing': async (bench) => {
    const { driver, account, take, grant, hold, clock } = bench
    await grant(150n)
    const id = await take()
    const request = { toAmount: 400n, minimum: 151n, ttlMs: 900_000 }
    deepStrictEqual(await driver.extend(id, account, request), {
      ok: false,
      reason: 'insufficient',
      available: 50n,
      held: 100n,
    })
    const unchanged = await hold({ id })
    strictEqual(unchanged.ok && unchanged.expiresAt, clock.now + 60_000)
    const grown = await driver.extend(id, account, { ...request, minimum: 150n })
    deepStrictEqual(grown.ok && [grown.amount, grown.expiresAt], [150n, clock.now + 900_000])
  },

  'an extension stays within what its key may spend, by the limits of its hold': async (bench) => {
    const { driver, account, take, grant } = bench
    await grant(1000n)
    const id = await take({ limits: [{ id: 'key', spend: { day: 250n }, rpm: 1, concurrency: 1 }] })
    strictEqual(reasonOf(await driver.extend(id, account, { toAmount: 251n })), 'spend_limit')
    const part = await driver.extend(id, account, { toAmount: 300n, minimum: 200n })
    strictEqual(part.ok && part.amount, 250n)
  },

  'an extension may shorten a hold, and one that has expired is not extended': async (bench) => {
    const { driver, account, take, grant, clock } = bench
    await grant(1000n)
    const id = await take()
    const shorter = await driver.extend(id, account, { ttlMs: 1000 })
    strictEqual(shorter.ok && shorter.expiresAt, clock.now + 1000)
    clock.now += 1000
    strictEqual(reasonOf(await driver.extend(id, account, { ttlMs: 60_000 })), 'not_pending')
    strictEqual(reasonOf(await driver.extend('nobody took it', account, { ttlMs: 1 })), 'not_pending')
    strictEqual(await driver.expire(100), 1)
  },

  'of holds that end together, one that was renewed is given back after those taken before': async (
    bench,
  ) => {
    const { driver, account, take, grant, clock } = bench
    await grant(1000n)
    const renewed = await take({ ttlMs: 1000 })
    clock.now += 500
    const taken = await take({ ttlMs: 500 })
    await driver.extend(renewed, account, { ttlMs: 500 })
    clock.now += 500
    await driver.expire(100)
    const rows = await readRows(driver, account, 2)
    deepStrictEqual(
      rows.map(({ op, ref }) => [op, ref]),
      [
        ['expire', taken],
        ['expire', renewed],
      ],
    )
  },
}
