import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { collect } from '../../store/collect.ts'
import { type Contract, readRows, reasonOf } from './bench.ts'

const most = 2n ** 53n - 1n
const oddNames = [
  'a b',
  ' leading and trailing ',
  "it's",
  'say "so"',
  '{braces}',
  'a:b:c',
  'a\\b\nc\td',
  '%s $1 ?',
  "'; DROP TABLE x; --",
  'ünïcödé ☂ 𝄞',
  '__proto__',
  '0',
  'x'.repeat(256),
]

/** Amounts, names and times that stores like to bend. */
export const exactnessContract: Contract = {
  'P14 amounts at the edge of what a number keeps stay exact': async (bench) => {
    const { driver, account, take, settle, grant, has } = bench
    await grant(most)
    const id = await take({ amount: most })
    await settle(id, { modelCost: 2n ** 52n + 1n, fee: 2n })
    await has({ available: most - (2n ** 52n + 3n), spent: 2n ** 52n + 3n, topups: most })
    const row = (await readRows(driver, account)).at(-1)
    deepStrictEqual([row?.amount, row?.modelCost], [2n ** 52n + 3n, 2n ** 52n + 1n])
  },

  'P14 sums above a hundred thousand dollars keep every nano-dollar': async (bench) => {
    const { driver, account, take, settle, grant, has } = bench
    const odd = 123_456_789_012_345n
    await grant(odd)
    for (let step = 1n; step <= 10n; step += 1n) await grant(odd + step, `grant ${step}`)
    const limit = 1_300_000_000_000_001n
    const limits = [{ id: 'key', spend: { lifetime: limit } }]
    const id = await take({ limits, amount: odd })
    const grown = await driver.extend(id, account, { toAmount: odd * 10n + 1n })
    strictEqual(grown.ok && grown.available, odd + 54n)
    await settle(id, { modelCost: odd * 9n, fee: 7n })
    await has({ available: odd * 2n + 48n, held: 0n, spent: odd * 9n + 7n, topups: odd * 11n + 55n })
    const room = limit - (odd * 9n + 7n)
    strictEqual(reasonOf(await bench.hold({ limits, amount: room + 1n })), 'spend_limit')
    strictEqual((await bench.hold({ limits, amount: room })).ok, true)
  },

  'an amount that no account can have is refused, and changes nothing': async (bench) => {
    const { driver, account, hold, take, settle, credit, grant, has } = bench
    await grant(1000n)
    const id = await take()
    for (const amount of [-1n, most + 1n]) {
      const invalid = { code: 'invalid_request' }
      await rejects(async () => hold({ amount }), invalid)
      await rejects(async () => hold({ minimum: amount }), invalid)
      await rejects(async () => hold({ share: { of: 2, atLeast: amount } }), invalid)
      await rejects(async () => driver.extend(id, account, { toAmount: amount }), invalid)
      await rejects(async () => driver.extend(id, account, { toAmount: 1n, minimum: amount }), invalid)
      await rejects(async () => settle(id, { modelCost: amount }), invalid)
      await rejects(async () => settle(id, { fee: amount }), invalid)
      await rejects(async () => credit({ ref: 'odd', kind: 'topup', amount }), invalid)
    }
    for (const of of [0, -1, 0.5, Number.NaN])
      await rejects(async () => hold({ share: { of, atLeast: 1n } }), { code: 'invalid_request' })
    await has({ available: 900n, held: 100n, spent: 0n, seq: 1 })
  },

  'nothing may be held, settled and counted like any amount': async ({
    driver,
    account,
    take,
    settle,
    has,
  }) => {
    const id = await take({ amount: 0n })
    const settled = { state: 'settled', replay: false, charged: 0n, shortfall: 0n, seq: 1 } as const
    deepStrictEqual(await settle(id, { modelCost: 0n, fee: 0n }), settled)
    await has({ available: 0n, held: 0n, spent: 0n })
    strictEqual((await readRows(driver, account)).length, 1)
  },

  'calls, keys and references may have any name': async (bench) => {
    const { driver, account, take, settle, credit, has } = bench
    for (const name of oddNames) await credit({ ref: name, kind: 'topup', amount: 200n })
    for (const name of oddNames)
      await take({ id: name, limits: [{ id: name, concurrency: 1 }, { id: `${name} too` }] })
    for (const name of oddNames) strictEqual((await settle(name)).state, 'settled')
    for (const name of oddNames) {
      const again = await settle(name)
      strictEqual(again.state === 'settled' && again.replay, true)
      strictEqual((await credit({ ref: name, kind: 'topup', amount: 200n })).replay, true)
    }
    const count = BigInt(oddNames.length)
    await has({ available: count * 160n, held: 0n, spent: count * 40n })
    const rows = await readRows(driver, account)
    deepStrictEqual(
      rows.map(({ ref, key, otherLimits }) => [ref, key, otherLimits]),
      [
        ...oddNames.map((name) => [name, undefined, undefined]),
        ...oddNames.map((name) => [name, name, [`${name} too`]]),
      ],
    )
  },

  'accounts may have any name, each apart from all others, and are listed in order': async (bench) => {
    const { driver, account, clock } = bench
    const prefix = account.slice(0, 200)
    const names = oddNames.map((name) => `${prefix}${name}`.slice(0, 256))
    const all = [...names, `${prefix}B`, `${prefix}a`, `${prefix}é`]
    for (const name of all) await driver.credit({ account: name, ref: 'r', amount: 10n, kind: 'topup' })
    for (const name of all) {
      const taken = await driver.hold({ id: 'id', account: name, amount: 10n, ttlMs: 1000 })
      deepStrictEqual(taken, {
        ok: true,
        replay: false,
        amount: 10n,
        expiresAt: clock.now + 1000,
        available: 0n,
      })
    }
    const listed = (await collect(driver.accounts())).filter((name) => name.startsWith(prefix))
    deepStrictEqual(listed, all.toSorted())
    clock.now += 1000
    while ((await driver.expire(100)) > 0);
    for (const name of all) deepStrictEqual((await driver.audit(name)).problems, [])
  },

  'meta is kept as it was written': async ({ driver, account, take, settle, credit, grant }) => {
    await grant(1000n)
    const meta = {
      text: 'it\'s "so" {0}\\\n☂ 𝄞',
      list: [1, 0.1, -3, true, null, [], {}],
      big: '9007199254740993',
      nested: { 'a.b': { 'c d': '' } },
    }
    await settle(await take(), { meta })
    await settle(await take(), { meta: {} })
    await credit({ ref: 'with', kind: 'refund', amount: 1n, meta })
    const metas = (await readRows(driver, account)).map((row) => row.meta)
    deepStrictEqual(metas, [undefined, meta, {}, meta])
    ok(!('meta' in ((await readRows(driver, account))[0] ?? {})))
  },
}
