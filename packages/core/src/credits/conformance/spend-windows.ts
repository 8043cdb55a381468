import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { KeyLimits } from '../driver.ts'
import { type Bench, type Contract, reasonOf } from './bench.ts'

type WindowName = NonNullable<KeyLimits['spendWindow']>

/** The last moment of each window, which is also within the others' next to last day or week. */
const lastMoments: Readonly<Record<Exclude<WindowName, 'lifetime'>, number>> = {
  day: Date.UTC(2031, 4, 14, 23, 59, 59, 999),
  // A Sunday.
  week: Date.UTC(2031, 4, 18, 23, 59, 59, 999),
  month: Date.UTC(2031, 5, 30, 23, 59, 59, 999),
}

const charge = async ({ settle, take }: Bench, key: KeyLimits, modelCost: bigint) =>
  settle(await take({ key, amount: modelCost }), { modelCost, fee: 0n })

const windowTests = Object.entries(lastMoments).map(([name, last]): [string, Contract[string]] => [
  `P17 the first call of a new ${name} sees nothing spent, the last of the old one all of it`,
  async (bench) => {
    const { hold, grant, clock } = bench
    await grant(10_000n)
    const key = { id: 'key', spendLimit: 100n, spendWindow: name as WindowName }
    clock.now = last - 1000
    await charge(bench, key, 100n)
    clock.now = last
    strictEqual(reasonOf(await hold({ key, amount: 1n })), 'spend_limit')
    clock.now = last + 1
    strictEqual((await hold({ key, amount: 100n })).ok, true)
    strictEqual(reasonOf(await hold({ key, amount: 1n })), 'spend_limit')
  },
])

/** What a key may spend, by the calendar. */
export const spendWindowContract: Contract = {
  ...Object.fromEntries(windowTests),

  'P17 windows are counted whether or not they are limited, and a lifetime has no end': async (bench) => {
    const { hold, grant, clock } = bench
    await grant(10_000n)
    const key = { id: 'key' }
    clock.now = lastMoments.month
    await charge(bench, key, 100n)
    for (const spendWindow of ['day', 'week', 'month', 'lifetime'] as const)
      strictEqual(
        reasonOf(await hold({ key: { ...key, spendLimit: 100n, spendWindow }, amount: 1n })),
        'spend_limit',
      )
    clock.now += 400 * 86_400_000
    for (const spendWindow of [undefined, 'lifetime'] as const) {
      const limited = { ...key, spendLimit: 100n, ...(spendWindow && { spendWindow }) }
      strictEqual(reasonOf(await hold({ key: limited, amount: 1n })), 'spend_limit')
    }
  },

  'P17 a hold across a border counts in the window in which it was taken': async (bench) => {
    const { driver, account, hold, settle, take, grant, clock } = bench
    await grant(10_000n)
    const key = { id: 'key', spendLimit: 100n, spendWindow: 'day' } as const
    clock.now = lastMoments.day
    const ids = [await take({ key, amount: 60n }), await take({ key, amount: 40n })]
    clock.now += 1
    const today = await take({ key, amount: 100n })
    strictEqual((await driver.extend(ids[0] ?? '', account, { toAmount: 61n })).ok, false)
    for (const id of ids) await settle(id)
    strictEqual(reasonOf(await hold({ key, amount: 1n })), 'spend_limit')
    await driver.release(today, account)
    strictEqual((await hold({ key, amount: 100n })).ok, true)
  },

  'P17 a late settlement counts in the windows of its own time': async (bench) => {
    const { hold, settle, take, grant, clock } = bench
    await grant(10_000n)
    const key = { id: 'key', spendLimit: 100n, spendWindow: 'day' } as const
    clock.now = lastMoments.day
    const id = await take({ key })
    clock.now += 60_000
    await settle(id)
    strictEqual(reasonOf(await hold({ key, amount: 61n })), 'spend_limit')
    strictEqual((await hold({ key, amount: 60n })).ok, true)
  },

  'what a key spent beyond its limit leaves it no room, nor less than none': async (bench) => {
    const { hold, settle, take, grant } = bench
    await grant(10_000n)
    const key = { id: 'key', spendLimit: 100n }
    await settle(await take({ key }), { modelCost: 500n })
    strictEqual(reasonOf(await hold({ key, amount: 1n })), 'spend_limit')
    const nothing = await hold({ key, amount: 1n, minimum: 0n })
    strictEqual(nothing.ok && nothing.amount, 0n)
    strictEqual((await hold({ key: { id: 'key', spendLimit: 611n } })).ok, true)
  },

  'keys of one name in two accounts, and of names that contain each other, are apart': async (bench) => {
    const { driver, account, hold, grant } = bench
    await grant(10_000n)
    const other = `${account} key`
    await driver.credit({ account: other, ref: 'grant', amount: 1000n, kind: 'topup' })
    const limits = { spendLimit: 100n, concurrency: 1 }
    const taken = []
    for (const id of ['key', 'key key', ' key', 'key:', '{key}', "k'ey", 'KEY', 'kéy'])
      taken.push((await hold({ key: { id, ...limits } })).ok)
    taken.push((await hold({ account: other, key: { id: 'key', ...limits } })).ok)
    deepStrictEqual(new Set(taken), new Set([true]))
    deepStrictEqual((await driver.audit(other)).problems, [])
  },
}
