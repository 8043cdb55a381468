import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import type { CreditDriver } from '../driver.ts'
import { type Bench, type Contract, readRows } from './bench.ts'

const gift = ({ credit, clock }: Bench, ref: string, { amount = 100n, lasts = 1000 } = {}) =>
  credit({ ref, amount, kind: 'promotion', expiresAt: clock.now + lasts })

/** What time has taken back: of which grant, and how much. */
async function takenBack(driver: CreditDriver, account: string) {
  const rows = await readRows(driver, account)
  return rows.filter(({ op }) => op === 'expire_grant').map(({ ref, amount }) => [ref, amount])
}

/** Credits that end. */
export const expiringGrantContract: Contract = {
  'credits that end first are spent first, of those that end together the older': async (bench) => {
    const { driver, account, take, settle, grant, has, clock } = bench
    await grant(100n)
    await gift(bench, 'later', { lasts: 2000 })
    await gift(bench, 'tie b')
    await gift(bench, 'tie a')
    await settle(await take({ amount: 150n }), { modelCost: 150n, fee: 0n })
    clock.now += 1000
    await driver.expire(10)
    deepStrictEqual(await takenBack(driver, account), [['tie a', 50n]])
    clock.now += 1000
    await has({ available: 100n, spent: 150n, topups: 250n })
    deepStrictEqual(await takenBack(driver, account), [
      ['tie a', 50n],
      ['later', 100n],
    ])
  },

  'a grant ends at its very millisecond, whoever looks first': async (bench) => {
    const { driver, account, hold, has, clock } = bench
    await gift(bench, 'gift')
    clock.now += 999
    await has({ available: 100n })
    clock.now += 1
    deepStrictEqual(await hold(), { ok: false, reason: 'insufficient', available: 0n, held: 0n })
    deepStrictEqual(await takenBack(driver, account), [['gift', 100n]])
    await has({ available: 0n, topups: 0n, seq: 2 })
  },

  'debits, late settlements and adjustments are taken from credits that end, too': async (bench) => {
    const { driver, account, credit, take, settle, grant, has, clock } = bench
    await grant(1000n)
    await gift(bench, 'gift', { amount: 300n, lasts: 100_000 })
    await credit({ ref: 'back', kind: 'withdraw', amount: 50n })
    await credit({ ref: 'down', kind: 'adjust_down', amount: 60n })
    const id = await take()
    clock.now += 60_000
    await settle(id)
    clock.now += 40_000
    await has({ available: 1000n, topups: 1040n, spent: 40n })
    deepStrictEqual(await takenBack(driver, account), [['gift', 150n]])
  },

  'what a call holds of credits that ended is its own, and what it leaves is taken when it is over': async (
    bench,
  ) => {
    const { driver, account, take, settle, has, clock } = bench
    await gift(bench, 'gift')
    const id = await take({ amount: 70n })
    clock.now += 1000
    await driver.expire(10)
    await has({ available: 0n, held: 70n })
    await settle(id)
    await has({ available: 0n, held: 0n, spent: 40n, topups: 40n })
    deepStrictEqual(await takenBack(driver, account), [
      ['gift', 30n],
      ['gift', 30n],
    ])
  },

  'every kind of addition may end, and rows say when': async (bench) => {
    const { driver, account, credit, clock } = bench
    const expiresAt = clock.now + 5000
    const kinds = ['topup', 'promotion', 'refund', 'adjust_up'] as const
    for (const kind of kinds) await credit({ ref: kind, kind, amount: 10n, expiresAt })
    const rows = await readRows(driver, account)
    deepStrictEqual(
      rows.map(({ op, expiresAt }) => [op, expiresAt]),
      kinds.map((kind) => [kind, expiresAt]),
    )
    clock.now += 5000
    deepStrictEqual((await driver.balance(account)).available, 0n)
  },

  'a grant repeated with another end is a conflict, after its end too': async (bench) => {
    const { credit, clock } = bench
    const request = { ref: 'gift', kind: 'promotion', amount: 100n, expiresAt: clock.now + 1000 } as const
    const { expiresAt: _, ...endless } = request
    await credit(request)
    for (const wait of [0, 1000]) {
      clock.now += wait
      strictEqual((await credit(request)).replay, true)
      for (const other of [endless, { ...request, expiresAt: request.expiresAt + 1 }])
        await rejects(credit(other), { code: 'idempotency_conflict', param: 'reference' })
    }
  },

  'a grant may bear the name of a call, of a debit and of an account': async (bench) => {
    const { driver, account, credit, settle, take, clock } = bench
    const name = account
    await credit({ ref: name, kind: 'topup', amount: 200n, expiresAt: clock.now + 1000 })
    await take({ id: name, limits: [{ id: name }] })
    strictEqual((await settle(name)).state, 'settled')
    clock.now += 1000
    deepStrictEqual((await driver.balance(account)).topups, 40n)
    strictEqual((await settle(name)).state, 'settled')
    strictEqual((await credit({ ref: name, kind: 'topup', amount: 200n, expiresAt: clock.now })).replay, true)
  },
}
