import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { type Contract, reasonOf } from './bench.ts'

/** Begins a minute, so that the windows of a minute are known. */
function beginMinute(clock: { now: number }): void {
  clock.now = Math.ceil(clock.now / 60_000) * 60_000
}

/** The limits of one access key, checked in the same step as the balance. */
export const keyContract: Contract = {
  'a key spends no more than its limit within its window': async ({ hold, take, settle, grant, clock }) => {
    await grant(10_000n)
    clock.now = Date.UTC(2026, 5, 3, 12)
    const key = { id: 'key', spendLimit: 150n, spendWindow: 'day' } as const
    const id = await take({ key })
    deepStrictEqual(await hold({ key }), { ok: false, reason: 'spend_limit', available: 9900n, held: 100n })
    await settle(id)
    strictEqual((await hold({ key })).ok, true)
    clock.now += 86_400_000
    strictEqual((await hold({ key })).ok, true)
  },

  'a spend limit beyond every amount limits nothing': async ({
    driver,
    account,
    hold,
    take,
    settle,
    grant,
  }) => {
    await grant(10_000n)
    const key = { id: 'key', spendLimit: 10n ** 30n }
    const id = await take({ key })
    strictEqual((await driver.extend(id, account, { toAmount: 300n })).ok, true)
    await settle(id)
    strictEqual((await hold({ key })).ok, true)
  },

  'P18 a slot is free again behind a settlement, a release and an expiry, once': async (bench) => {
    const { driver, account, hold, take, settle, grant, clock } = bench
    await grant(10_000n)
    const key = { id: 'key', concurrency: 2 }
    const other = await take({ key, ttlMs: 3_600_000 })
    const endings = [
      (id: string) => settle(id),
      (id: string) => driver.release(id, account),
      async () => {
        clock.now += 60_000
        await driver.expire(10)
      },
    ]
    for (const end of endings) {
      const id = await take({ key })
      deepStrictEqual(await hold({ key }), {
        ok: false,
        reason: 'concurrency',
        retryAfterMs: 1000,
        available: (await driver.balance(account)).available,
        held: 200n,
      })
      await end(id)
      await settle(id)
      await driver.release(id, account)
    }
    await take({ key })
    strictEqual(reasonOf(await hold({ key })), 'concurrency')
    await driver.release(other, account)
    strictEqual((await hold({ key })).ok, true)
  },

  'P18 an expired hold frees its slot for the hold that finds it': async ({ hold, take, grant, clock }) => {
    await grant(100n)
    const key = { id: 'key', concurrency: 1 }
    await take({ key })
    clock.now += 60_000
    strictEqual((await hold({ key })).ok, true)
  },

  'P15 a key makes no more requests a minute than it may': async ({ hold, grant, clock }) => {
    await grant(10_000n)
    beginMinute(clock)
    clock.now += 10_000
    const key = { id: 'key', rpm: 4 }
    for (let request = 0; request < 4; request += 1) strictEqual((await hold({ key })).ok, true)
    deepStrictEqual(await hold({ key }), {
      ok: false,
      reason: 'rpm',
      retryAfterMs: 50_000,
      available: 9600n,
      held: 400n,
    })
    clock.now += 50_000
    const refused = await hold({ key })
    strictEqual(!refused.ok && refused.retryAfterMs, 15_000)
    clock.now += 14_999
    strictEqual(reasonOf(await hold({ key })), 'rpm')
    clock.now += 1
    strictEqual((await hold({ key })).ok, true)
    strictEqual(reasonOf(await hold({ key })), 'rpm')
    clock.now += 120_000
    for (let request = 0; request < 4; request += 1) strictEqual((await hold({ key })).ok, true)
  },

  'P15 a key uses no more tokens a minute than it may': async ({ hold, grant, clock }) => {
    await grant(10_000n)
    beginMinute(clock)
    const key = { id: 'key', tpm: 1000, estTokens: 600 }
    strictEqual((await hold({ key })).ok, true)
    strictEqual(reasonOf(await hold({ key })), 'tpm')
    strictEqual((await hold({ key: { ...key, estTokens: 400 } })).ok, true)
    strictEqual((await hold({ key: { ...key, estTokens: 0 } })).ok, true)
    clock.now += 60_000
    const refused = await hold({ key })
    strictEqual(!refused.ok && refused.retryAfterMs, 36_000)
    clock.now += 36_000
    strictEqual((await hold({ key })).ok, true)
  },

  'requests and tokens stay counted when their calls are over, and without a limit too': async (bench) => {
    const { driver, account, hold, take, settle, grant, clock } = bench
    await grant(10_000n)
    beginMinute(clock)
    const key = { id: 'key', estTokens: 500 }
    await settle(await take({ key }))
    await driver.release(await take({ key }), account)
    strictEqual(reasonOf(await hold({ key: { ...key, rpm: 2 } })), 'rpm')
    strictEqual(reasonOf(await hold({ key: { ...key, tpm: 1499 } })), 'tpm')
    strictEqual((await hold({ key: { ...key, rpm: 3, tpm: 1500 } })).ok, true)
  },

  'limits refuse in one order: concurrency, requests, tokens, credits, spend': async (bench) => {
    const { hold, take, grant, clock } = bench
    await grant(100n)
    beginMinute(clock)
    await take({ key: { id: 'key', estTokens: 10 } })
    const limits = { concurrency: 1, rpm: 1, tpm: 10, spendLimit: 100n }
    const order = []
    for (const name of ['concurrency', 'rpm', 'tpm'] as const) {
      order.push(reasonOf(await hold({ key: { id: 'key', estTokens: 1, ...limits } })))
      delete (limits as Partial<typeof limits>)[name]
    }
    order.push(reasonOf(await hold({ key: { id: 'key', ...limits } })))
    await grant(500n, 'more')
    order.push(reasonOf(await hold({ key: { id: 'key', ...limits } })))
    deepStrictEqual(order, ['concurrency', 'rpm', 'tpm', 'insufficient', 'spend_limit'])
  },

  'a refusal by any limit counts nothing': async ({ driver, account, hold, take, grant, has, clock }) => {
    await grant(300n)
    beginMinute(clock)
    const key = { id: 'key', estTokens: 10 }
    const id = await take({ key })
    const limits = [{ concurrency: 1 }, { rpm: 1 }, { tpm: 19 }, { spendLimit: 199n }]
    for (const limit of limits) strictEqual((await hold({ key: { ...key, ...limit } })).ok, false)
    strictEqual(reasonOf(await hold({ key, amount: 201n })), 'insufficient')
    strictEqual(reasonOf(await hold({ id, key, amount: 99n })), 'id_conflict')
    strictEqual(reasonOf(await driver.extend(id, account, { toAmount: 301n })), 'insufficient')
    await has({ available: 200n, held: 100n, seq: 1 })
    const exactly = { ...key, concurrency: 2, rpm: 2, tpm: 20, spendLimit: 200n }
    strictEqual((await hold({ key: exactly })).ok, true)
  },
}
