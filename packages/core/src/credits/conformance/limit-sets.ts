import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { HoldLimits } from '../driver.ts'
import { beginMinute, type Contract, readRows, reasonOf } from './bench.ts'

type Limit = Omit<HoldLimits, 'id'>

const sets = (key: Limit = {}, account: Limit = {}): readonly HoldLimits[] => [
  { id: 'key', ...key },
  { id: 'of the account', ...account },
]

/** Several sets of limits on one call: all of them are kept, in one step. */
export const limitSetContract: Contract = {
  'P15 the tightest of several sets refuses, and says which it is': async ({ hold, take, grant, clock }) => {
    await grant(10_000n)
    beginMinute(clock)
    await take({ limits: sets(), tokens: 10 })
    const refusing: readonly Limit[] = [
      { concurrency: 1 },
      { rpm: 1 },
      { tpm: 19 },
      { spend: { day: 199n } },
      { spend: { lifetime: 10n } },
    ]
    for (const limit of refusing) {
      const loose = { concurrency: 9, rpm: 9, tpm: 90, spend: { day: 900n, lifetime: 900n } }
      const window = limit.spend && Object.keys(limit.spend)[0]
      for (const [limits, id] of [
        [sets(limit, loose), 'key'],
        [sets(loose, limit), 'of the account'],
      ] as const) {
        const refused = await hold({ limits, tokens: 10 })
        deepStrictEqual(!refused.ok && refused.limit, { id, ...(window && { window }) })
      }
    }
    const exactly = { concurrency: 2, rpm: 2, tpm: 20, spend: { day: 200n, lifetime: 200n } }
    strictEqual((await hold({ limits: sets(exactly, exactly), tokens: 10 })).ok, true)
  },

  'of several limits that refuse, the one that must be waited for longest is named': async (bench) => {
    const { hold, take, grant, clock } = bench
    await grant(100n)
    clock.now = Date.UTC(2031, 4, 14, 23, 59)
    await take({ limits: sets(), tokens: 10 })
    // The day ends with the minute, the week and the month later.
    const limits: { -readonly [Name in keyof Limit]: Limit[Name] } = {
      concurrency: 1,
      rpm: 1,
      tpm: 10,
      spend: { day: 99n, week: 99n, month: 99n, lifetime: 99n },
    }
    const named: unknown[] = []
    const ask = async (key: Limit, account: Limit = {}) => {
      const refused = await hold({ limits: sets(key, account), tokens: 1, amount: 100n })
      named.push(!refused.ok && [refused.reason, refused.limit?.window, refused.retryAfterMs])
    }
    await ask(limits)
    await grant(900n, 'more')
    await ask(limits)
    for (const spend of [{ day: 99n, week: 99n, month: 99n }, { day: 99n, week: 99n }, { day: 99n }])
      await ask({ ...limits, spend })
    await ask({ ...limits, spend: { day: 100n } })
    await ask({ concurrency: 1, rpm: 1, spend: { day: 100n } })
    await ask({ concurrency: 1, spend: { day: 100n } })
    await ask({ concurrency: 1 }, { spend: { day: 100n } })
    await ask({ concurrency: 1 }, { rpm: 1 })
    await ask({ concurrency: 1 })
    const day = 86_400_000
    deepStrictEqual(named, [
      ['spend_limit', 'lifetime', undefined],
      ['spend_limit', 'lifetime', undefined],
      ['spend_limit', 'month', 17 * day + 60_000],
      ['spend_limit', 'week', 4 * day + 60_000],
      ['spend_limit', 'day', 60_000],
      ['rpm', undefined, 60_000],
      ['rpm', undefined, 60_000],
      ['spend_held', 'day', 1000],
      ['spend_held', 'day', 1000],
      ['rpm', undefined, 60_000],
      ['concurrency', undefined, 1000],
    ])
  },

  'credits that are spent are named before limits, and credits that calls hold behind what lasts longer':
    async ({ hold, take, grant, clock }) => {
      await grant(150n)
      beginMinute(clock)
      await take({ limits: sets() })
      const never = sets({ spend: { lifetime: 10n } }, { rpm: 1 })
      strictEqual(reasonOf(await hold({ limits: never, amount: 151n })), 'insufficient')
      strictEqual(reasonOf(await hold({ limits: never })), 'spend_limit')
      strictEqual(reasonOf(await hold({ limits: sets({}, { rpm: 1 }) })), 'rpm')
      strictEqual(
        reasonOf(await hold({ limits: sets({ concurrency: 1, spend: { day: 100n } }) })),
        'insufficient',
      )
    },

  'a call that one set refuses is counted in none': async ({
    driver,
    account,
    hold,
    take,
    grant,
    has,
    clock,
  }) => {
    await grant(10_000n)
    beginMinute(clock)
    const id = await take({ limits: sets(), tokens: 10 })
    for (const limit of [{ concurrency: 1 }, { rpm: 1 }, { tpm: 19 }, { spend: { week: 199n } }])
      for (const limits of [sets(limit), sets({}, limit)])
        strictEqual((await hold({ limits, tokens: 10 })).ok, false)
    await has({ available: 9900n, held: 100n, seq: 1 })
    const exactly = { concurrency: 2, rpm: 2, tpm: 20, spend: { week: 200n } }
    strictEqual((await hold({ limits: sets(exactly, exactly), tokens: 10 })).ok, true)
    await driver.release(id, account)
  },

  'P18 every ending gives back in all sets, and each counts what was charged': async (bench) => {
    const { driver, account, hold, take, settle, grant, clock } = bench
    await grant(10_000n)
    const one = { concurrency: 1 }
    await settle(await take({ limits: sets(one, one) }))
    await driver.release(await take({ limits: sets(one, one) }), account)
    const late = await take({ limits: sets(one, one) })
    clock.now += 60_000
    await driver.expire(10)
    await settle(late)
    const spent = { spend: { lifetime: 180n, month: 180n } }
    for (const limits of [sets({ ...one, ...spent }, one), sets(one, { ...one, ...spent })]) {
      strictEqual(reasonOf(await hold({ limits, amount: 101n })), 'spend_limit')
      await driver.release(await take({ limits }), account)
    }
    deepStrictEqual(
      (await readRows(driver, account, 2)).map(({ op, key, otherLimits }) => [op, key, otherLimits]),
      ['settle', 'release', 'expire', 'settle_late', 'release', 'release'].map((op) => [
        op,
        'key',
        ['of the account'],
      ]),
    )
  },

  'an extension keeps every limit on spending, and tells what is spent from what others hold': async (
    bench,
  ) => {
    const { driver, account, take, settle, grant } = bench
    await grant(10_000n)
    const limits = sets({ spend: { day: 1000n, lifetime: 300n } }, { spend: { month: 500n }, rpm: 2 })
    const id = await take({ limits })
    const other = await take({ limits: sets(), amount: 150n })
    const part = await driver.extend(id, account, { toAmount: 200n, minimum: 101n })
    strictEqual(part.ok && part.amount, 150n)
    const held = await driver.extend(id, account, { toAmount: 300n })
    deepStrictEqual(held, {
      ok: false,
      reason: 'spend_held',
      limit: { id: 'key', window: 'lifetime' },
      retryAfterMs: 1000,
      available: 9700n,
      held: 300n,
    })
    // What the hold has itself does not come back to it.
    const spent = await driver.extend(id, account, { toAmount: 301n })
    deepStrictEqual(!spent.ok && [spent.reason, spent.retryAfterMs], ['spend_limit', undefined])
    await driver.release(other, account)
    strictEqual((await driver.extend(id, account, { toAmount: 300n })).ok, true)
    await settle(id, { modelCost: 300n, fee: 0n })
    strictEqual((await take({ limits: sets({}, { spend: { month: 400n } }), amount: 100n })).length > 0, true)
  },

  'a partial hold has at most what the tightest limit leaves, and shares that too': async ({
    hold,
    grant,
  }) => {
    await grant(10_000n)
    const limits = sets({ spend: { day: 800n, week: 600n } }, { spend: { lifetime: 700n } })
    const wishes = [
      { amount: 5000n, minimum: 1n, share: { of: 4, atLeast: 10n } },
      { amount: 5000n, minimum: 1n, share: { of: 3, atLeast: 200n } },
      { amount: 5000n, minimum: 1n },
    ]
    const amounts = []
    for (const wish of wishes) {
      const taken = await hold({ limits, ...wish })
      amounts.push(taken.ok && taken.amount)
    }
    deepStrictEqual(amounts, [150n, 200n, 250n])
    strictEqual(reasonOf(await hold({ limits, amount: 1n })), 'spend_held')
  },

  'four sets are kept, each with counters of its own that any order of sets finds': async (bench) => {
    const { hold, take, settle, grant } = bench
    await grant(10_000n)
    const ids = ['key', 'account', 'team \'{é}" \\ [1,2]', 'everybody,;']
    const limits = ids.map((id, index) => ({ id, concurrency: 4 + index, spend: { day: 10_000n } }))
    await settle(await take({ limits }))
    for (const id of ids) await take({ limits: [{ id }] })
    await take({ limits: limits.toReversed() })
    for (const { id } of limits)
      strictEqual(reasonOf(await hold({ limits: [{ id, concurrency: 2 }] })), 'concurrency')
    for (const { id } of limits)
      strictEqual(reasonOf(await hold({ limits: [{ id, spend: { day: 339n } }] })), 'spend_held')
    for (const { id } of limits) await take({ limits: [{ id, concurrency: 3, spend: { day: 340n } }] })
  },
}
