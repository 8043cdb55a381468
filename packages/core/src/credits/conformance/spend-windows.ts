import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { createCallId } from '../call-id.ts'
import type { SpendWindow } from '../driver.ts'
import { type Bench, type Contract, reasonOf } from './bench.ts'

/** The last moment of each window, which is also within the others' next to last day or week. */
const lastMoments: Readonly<Record<Exclude<SpendWindow, 'lifetime'>, number>> = {
  day: Date.UTC(2031, 4, 14, 23, 59, 59, 999),
  // A Sunday.
  week: Date.UTC(2031, 4, 18, 23, 59, 59, 999),
  month: Date.UTC(2031, 5, 30, 23, 59, 59, 999),
}

const charge = async ({ settle, take }: Bench, modelCost: bigint) =>
  settle(await take({ limits: [{ id: 'key' }], amount: modelCost }), { modelCost, fee: 0n })

const windowTests = Object.entries(lastMoments).map(([name, last]): [string, Contract[string]] => [
  `P17 the first call of a new ${name} sees nothing spent, the last of the old one all of it`,
  async (bench) => {
    const { hold, grant, clock } = bench
    await grant(10_000n)
    const limits = [{ id: 'key', spend: { [name]: 100n } }]
    clock.now = last - 1000
    await charge(bench, 100n)
    clock.now = last
    const refused = await hold({ limits, amount: 1n })
    deepStrictEqual(!refused.ok && [refused.reason, refused.retryAfterMs], ['spend_limit', 1])
    clock.now = last + 1
    strictEqual((await hold({ limits, amount: 100n })).ok, true)
    strictEqual(reasonOf(await hold({ limits, amount: 1n })), 'spend_held')
  },
])

/** What a key may spend, by the calendar. */
export const spendWindowContract: Contract = {
  ...Object.fromEntries(windowTests),

  'P17 windows are counted whether or not they are limited, and a lifetime has no end': async (bench) => {
    const { hold, grant, clock } = bench
    await grant(10_000n)
    clock.now = lastMoments.month
    await charge(bench, 100n)
    const refusing = async () => {
      const refused = []
      for (const window of ['day', 'week', 'month', 'lifetime'] as const) {
        const limits = [{ id: 'key', spend: { [window]: 100n } }]
        if (reasonOf(await hold({ limits, amount: 1n })) === 'spend_limit') refused.push(window)
      }
      return refused
    }
    deepStrictEqual(await refusing(), ['day', 'week', 'month', 'lifetime'])
    clock.now += 400 * 86_400_000
    deepStrictEqual(await refusing(), ['lifetime'])
  },

  'P17 a hold across a border counts in the window in which it was taken': async (bench) => {
    const { driver, account, hold, settle, take, grant, clock } = bench
    await grant(10_000n)
    const limits = [{ id: 'key', spend: { day: 100n } }]
    clock.now = lastMoments.day
    const ids = [await take({ limits, amount: 60n }), await take({ limits, amount: 40n })]
    clock.now += 1
    const today = await take({ limits, amount: 100n })
    // What it holds itself is in the day before: what is missing is what the other one holds.
    strictEqual(reasonOf(await driver.extend(ids[0] ?? '', account, { toAmount: 61n })), 'spend_held')
    for (const id of ids) await settle(id)
    strictEqual(reasonOf(await hold({ limits, amount: 1n })), 'spend_held')
    await driver.release(today, account)
    strictEqual((await hold({ limits, amount: 100n })).ok, true)
  },

  'P17 several windows are kept at once, and each begins anew by itself': async (bench) => {
    const { hold, settle, grant, clock } = bench
    await grant(10_000n)
    const limits = [
      { id: 'key', spend: { day: 100n, week: 150n } },
      { id: 'account', spend: { month: 220n, lifetime: 450n } },
    ]
    clock.now = Date.UTC(2031, 5, 26, 12)
    const spent = []
    for (let day = 0; day < 14; day += 1) {
      const id = createCallId(clock.now)
      const taken = await hold({ id, limits, minimum: 1n })
      if (taken.ok) await settle(id, { modelCost: taken.amount, fee: 0n })
      spent.push(taken.ok ? taken.amount : `${taken.reason} ${taken.limit?.window}`)
      clock.now += 86_400_000
    }
    const week = 'spend_limit week'
    // From Thursday to Sunday, the last of June, a week of July, and two days more.
    const expected = [100n, 50n, week, week, 70n, 80n, ...Array(5).fill(week), 100n, 40n, 'spend_limit month']
    deepStrictEqual(spent, expected)
  },

  'P17 a late settlement counts in the windows of its own time': async (bench) => {
    const { hold, settle, take, grant, clock } = bench
    await grant(10_000n)
    const limits = [{ id: 'key', spend: { day: 100n } }]
    clock.now = lastMoments.day
    const id = await take({ limits })
    clock.now += 60_000
    await settle(id)
    strictEqual(reasonOf(await hold({ limits, amount: 61n })), 'spend_limit')
    strictEqual((await hold({ limits, amount: 60n })).ok, true)
  },

  'what a key spent beyond its limit leaves it no room, nor less than none': async (bench) => {
    const { hold, settle, take, grant } = bench
    await grant(10_000n)
    const limits = [{ id: 'key', spend: { lifetime: 100n } }]
    await settle(await take({ limits }), { modelCost: 500n })
    strictEqual(reasonOf(await hold({ limits, amount: 1n })), 'spend_limit')
    const nothing = await hold({ limits, amount: 1n, minimum: 0n })
    strictEqual(nothing.ok && nothing.amount, 0n)
    strictEqual((await hold({ limits: [{ id: 'key', spend: { lifetime: 611n } }] })).ok, true)
  },

  'keys of one name in two accounts, and of names that contain each other, are apart': async (bench) => {
    const { driver, account, hold, grant } = bench
    await grant(10_000n)
    const other = `${account} key`
    await driver.credit({ account: other, ref: 'grant', amount: 1000n, kind: 'topup' })
    const limit = { spend: { lifetime: 100n }, concurrency: 1 }
    const taken = []
    for (const id of ['key', 'key key', ' key', 'key:', '{key}', "k'ey", 'KEY', 'kéy'])
      taken.push((await hold({ limits: [{ id, ...limit }] })).ok)
    taken.push((await hold({ account: other, limits: [{ id: 'key', ...limit }] })).ok)
    deepStrictEqual(new Set(taken), new Set([true]))
    deepStrictEqual((await driver.audit(other)).problems, [])
  },
}
