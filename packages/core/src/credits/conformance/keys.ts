import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { HoldLimits } from '../driver.ts'
import { beginMinute, type Contract, reasonOf } from './bench.ts'

/** The limits of one access key, checked in the same step as the balance. */
export const keyContract: Contract = {
  'a key spends no more than its limit within its window': async ({ hold, take, settle, grant, clock }) => {
    await grant(10_000n)
    clock.now = Date.UTC(2026, 5, 3, 12)
    const limits = [{ id: 'key', spend: { day: 150n } }]
    const refused = { ok: false, limit: { id: 'key', window: 'day' }, available: 9900n, held: 100n } as const
    const id = await take({ limits })
    deepStrictEqual(await hold({ limits }), { ...refused, reason: 'spend_held', retryAfterMs: 1000 })
    deepStrictEqual(await hold({ limits, amount: 151n }), {
      ...refused,
      reason: 'spend_limit',
      retryAfterMs: 12 * 3_600_000,
    })
    await settle(id)
    strictEqual((await hold({ limits })).ok, true)
    clock.now += 86_400_000
    strictEqual((await hold({ limits })).ok, true)
  },

  'a spend limit beyond every amount limits nothing': async (bench) => {
    const { driver, account, hold, take, settle, grant } = bench
    await grant(10_000n)
    const limits = [{ id: 'key', spend: { lifetime: 10n ** 30n, day: 10n ** 40n } }]
    const id = await take({ limits })
    strictEqual((await driver.extend(id, account, { toAmount: 300n })).ok, true)
    await settle(id)
    strictEqual((await hold({ limits })).ok, true)
  },

  'P18 a slot is free again behind a settlement, a release and an expiry, once': async (bench) => {
    const { driver, account, hold, take, settle, grant, clock } = bench
    await grant(10_000n)
    const limits = [{ id: 'key', concurrency: 2 }]
    const other = await take({ limits, ttlMs: 3_600_000 })
    const endings = [
      (id: string) => settle(id),
      (id: string) => driver.release(id, account),
      async () => {
        clock.now += 60_000
        await driver.expire(10)
      },
    ]
    for (const end of endings) {
      const id = await take({ limits })
      deepStrictEqual(await hold({ limits }), {
        ok: false,
        reason: 'concurrency',
        limit: { id: 'key' },
        retryAfterMs: 1000,
        available: (await driver.balance(account)).available,
        held: 200n,
      })
      await end(id)
      await settle(id)
      await driver.release(id, account)
    }
    await take({ limits })
    strictEqual(reasonOf(await hold({ limits })), 'concurrency')
    await driver.release(other, account)
    strictEqual((await hold({ limits })).ok, true)
  },

  'P18 an expired hold frees its slot for the hold that finds it': async ({ hold, take, grant, clock }) => {
    await grant(100n)
    const limits = [{ id: 'key', concurrency: 1 }]
    await take({ limits })
    clock.now += 60_000
    strictEqual((await hold({ limits })).ok, true)
  },

  'P15 a key makes no more requests a minute than it may': async ({ hold, grant, clock }) => {
    await grant(10_000n)
    beginMinute(clock)
    clock.now += 10_000
    const limits = [{ id: 'key', rpm: 4 }]
    for (let request = 0; request < 4; request += 1) strictEqual((await hold({ limits })).ok, true)
    deepStrictEqual(await hold({ limits }), {
      ok: false,
      reason: 'rpm',
      limit: { id: 'key' },
      retryAfterMs: 50_000,
      available: 9600n,
      held: 400n,
    })
    clock.now += 50_000
    const refused = await hold({ limits })
    strictEqual(!refused.ok && refused.retryAfterMs, 15_000)
    clock.now += 14_999
    strictEqual(reasonOf(await hold({ limits })), 'rpm')
    clock.now += 1
    strictEqual((await hold({ limits })).ok, true)
    strictEqual(reasonOf(await hold({ limits })), 'rpm')
    clock.now += 120_000
    for (let request = 0; request < 4; request += 1) strictEqual((await hold({ limits })).ok, true)
  },

  'P15 a key uses no more tokens a minute than it may': async ({ hold, grant, clock }) => {
    await grant(10_000n)
    beginMinute(clock)
    const limits = [{ id: 'key', tpm: 1000 }]
    strictEqual((await hold({ limits, tokens: 600 })).ok, true)
    strictEqual(reasonOf(await hold({ limits, tokens: 600 })), 'tpm')
    strictEqual((await hold({ limits, tokens: 400 })).ok, true)
    strictEqual((await hold({ limits })).ok, true)
    clock.now += 60_000
    const refused = await hold({ limits, tokens: 600 })
    strictEqual(!refused.ok && refused.retryAfterMs, 36_000)
    clock.now += 36_000
    strictEqual((await hold({ limits, tokens: 600 })).ok, true)
  },

  'requests and tokens stay counted when their calls are over, and without a limit too': async (bench) => {
    const { driver, account, hold, take, settle, grant, clock } = bench
    await grant(10_000n)
    beginMinute(clock)
    const with500 = (limit: Omit<HoldLimits, 'id'> = {}) => ({
      limits: [{ id: 'key', ...limit }],
      tokens: 500,
    })
    await settle(await take(with500()))
    await driver.release(await take(with500()), account)
    strictEqual(reasonOf(await hold(with500({ rpm: 2 }))), 'rpm')
    strictEqual(reasonOf(await hold(with500({ tpm: 1499 }))), 'tpm')
    strictEqual((await hold(with500({ rpm: 3, tpm: 1500 }))).ok, true)
  },

  'a refusal by any limit counts nothing': async ({ driver, account, hold, take, grant, has, clock }) => {
    await grant(300n)
    beginMinute(clock)
    const limits = [{ id: 'key' }]
    const terms = { limits, tokens: 10 }
    const id = await take(terms)
    for (const limit of [{ concurrency: 1 }, { rpm: 1 }, { tpm: 19 }, { spend: { month: 199n } }])
      strictEqual((await hold({ ...terms, limits: [{ id: 'key', ...limit }] })).ok, false)
    strictEqual(reasonOf(await hold({ ...terms, amount: 201n })), 'insufficient')
    strictEqual(reasonOf(await hold({ ...terms, id, amount: 99n })), 'id_conflict')
    strictEqual(reasonOf(await driver.extend(id, account, { toAmount: 301n })), 'insufficient')
    await has({ available: 200n, held: 100n, seq: 1 })
    const exactly = { id: 'key', concurrency: 2, rpm: 2, tpm: 20, spend: { month: 200n } }
    strictEqual((await hold({ ...terms, limits: [exactly] })).ok, true)
  },
}
