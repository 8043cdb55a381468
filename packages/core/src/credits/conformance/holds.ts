import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { createCallId } from '../call-id.ts'
import { type Contract, readRows } from './bench.ts'

/** The life of a hold: taken, grown, settled, released, expired. */
export const holdContract: Contract = {
  'an account nobody knows has nothing': async ({ driver, account, hold }) => {
    deepStrictEqual(await driver.balance(account), { available: 0n, held: 0n, spent: 0n, topups: 0n, seq: 0 })
    strictEqual((await hold()).ok, false)
  },

  'a hold moves available to held, its settlement charges once and gives the rest back': async (bench) => {
    const { driver, account, hold, settle, grant, clock } = bench
    await grant(1000n)
    const id = createCallId(clock.now)
    const taken = await hold({ id })
    deepStrictEqual(taken, {
      ok: true,
      replay: false,
      amount: 100n,
      expiresAt: clock.now + 60_000,
      available: 900n,
    })
    deepStrictEqual(await driver.balance(account), {
      available: 900n,
      held: 100n,
      spent: 0n,
      topups: 1000n,
      seq: 1,
    })
    const settled = { state: 'settled', replay: false, charged: 40n, shortfall: 0n, seq: 2 }
    deepStrictEqual(await settle(id), settled)
    deepStrictEqual(await settle(id), { ...settled, replay: true })
    deepStrictEqual(await driver.balance(account), {
      available: 960n,
      held: 0n,
      spent: 40n,
      topups: 1000n,
      seq: 2,
    })
    const [, row] = await readRows(driver, account)
    deepStrictEqual(
      { op: row?.op, ref: row?.ref, amount: row?.amount, modelCost: row?.modelCost, fee: row?.fee },
      { op: 'settle', ref: id, amount: 40n, modelCost: 30n, fee: 10n },
    )
    deepStrictEqual(row?.meta, { provider: 'test' })
  },

  'a repeated hold gets the first outcome, other parameters are a conflict': async ({
    hold,
    grant,
    clock,
  }) => {
    await grant(1000n)
    const id = createCallId(clock.now)
    await hold({ id })
    const again = await hold({ id })
    deepStrictEqual(again, {
      ok: true,
      replay: true,
      amount: 100n,
      expiresAt: clock.now + 60_000,
      available: 900n,
    })
    const other = await hold({ id, amount: 101n })
    strictEqual(!other.ok && other.reason, 'id_conflict')
  },

  'one id in two accounts is two holds, each with an outcome of its own': async (bench) => {
    const { driver, account, hold, settle, grant, clock } = bench
    await grant(1000n)
    const other = `${account}-other`
    await driver.credit({ account: other, ref: 'grant', amount: 1000n, kind: 'topup' })
    const id = createCallId(clock.now)
    strictEqual((await hold({ id })).ok, true)
    strictEqual((await hold({ id, account: other, amount: 200n })).ok, true)
    await settle(id)
    await settle(id, { account: other, modelCost: 150n })
    const outcomes = [await settle(id), await settle(id, { account: other })]
    deepStrictEqual(
      outcomes.map((outcome) => outcome.state === 'settled' && [outcome.replay, outcome.charged]),
      [
        [true, 40n],
        [true, 160n],
      ],
    )
    strictEqual((await hold({ id, account: other, amount: 201n })).ok, false)
  },

  'a hold repeated after its settlement reserves nothing': async (bench) => {
    const { driver, account, hold, settle, grant, clock } = bench
    await grant(1000n)
    const id = createCallId(clock.now)
    await hold({ id })
    await settle(id)
    const again = await hold({ id })
    strictEqual(again.ok && again.replay, true)
    strictEqual((await driver.balance(account)).held, 0n)
  },

  'an id older than a day is refused': async ({ hold, grant, clock }) => {
    await grant(1000n)
    const result = await hold({ id: createCallId(clock.now - 25 * 3_600_000) })
    strictEqual(!result.ok && result.reason, 'id_too_old')
  },

  'a refusal changes nothing and says what there is': async ({ driver, account, hold, grant }) => {
    await grant(150n)
    await hold()
    deepStrictEqual(await hold(), { ok: false, reason: 'insufficient', available: 50n, held: 100n })
    strictEqual((await driver.balance(account)).held, 100n)
  },

  'a release gives everything back once; after a settlement it returns that': async (bench) => {
    const { driver, account, hold, settle, grant, clock } = bench
    await grant(1000n)
    const [released, settled] = [createCallId(clock.now), createCallId(clock.now)]
    await hold({ id: released })
    await hold({ id: settled })
    const first = await driver.release(released, account)
    deepStrictEqual(first, { state: 'released', replay: false, charged: 0n, shortfall: 0n, seq: 2 })
    deepStrictEqual(await driver.release(released, account), { ...first, replay: true })
    deepStrictEqual(await settle(released), { ...first, replay: true })
    await settle(settled)
    const after = await driver.release(settled, account)
    strictEqual(after.state, 'settled')
    strictEqual((await driver.balance(account)).available, 960n)
  },

  'a hold nobody took is unknown': async ({ driver, account, settle, clock }) => {
    const id = createCallId(clock.now)
    deepStrictEqual(await settle(id), { state: 'unknown' })
    deepStrictEqual(await driver.release(id, account), { state: 'unknown' })
  },

  'an extension grows a hold or renews it; refused, it changes nothing': async (bench) => {
    const { driver, account, hold, grant, clock } = bench
    await grant(300n)
    const id = createCallId(clock.now)
    await hold({ id })
    strictEqual((await driver.extend(id, account, { toAmount: 150n })).ok, true)
    const refused = await driver.extend(id, account, { toAmount: 301n })
    deepStrictEqual(refused, { ok: false, reason: 'insufficient', available: 150n, held: 150n })
    clock.now += 50_000
    const renewed = await driver.extend(id, account, { ttlMs: 60_000 })
    strictEqual(renewed.ok && renewed.expiresAt, clock.now + 60_000)
    clock.now += 20_000
    while ((await driver.expire(100)) > 0);
    strictEqual((await driver.balance(account)).held, 150n)
    clock.now += 41_000
    const late = await driver.extend(id, account, { toAmount: 151n })
    strictEqual(!late.ok && late.reason, 'not_pending')
  },

  'a cost above the hold takes what is available, the rest is shortfall': async (bench) => {
    const { driver, account, hold, settle, grant, clock } = bench
    await grant(150n)
    const id = createCallId(clock.now)
    await hold({ id })
    const result = await settle(id, { modelCost: 180n, fee: 20n })
    deepStrictEqual(result, { state: 'settled', replay: false, charged: 150n, shortfall: 50n, seq: 2 })
    strictEqual((await driver.balance(account)).available, 0n)
  },

  'a capped settlement charges the hold at most': async ({ driver, account, hold, settle, grant, clock }) => {
    await grant(150n)
    const id = createCallId(clock.now)
    await hold({ id })
    const result = await settle(id, { modelCost: 180n, fee: 20n, overrun: 'cap' })
    deepStrictEqual(result, { state: 'settled', replay: false, charged: 100n, shortfall: 100n, seq: 2 })
    strictEqual((await driver.balance(account)).available, 50n)
  },

  'an expired hold comes back, and its call may still be settled once': async (bench) => {
    const { driver, account, hold, settle, grant, clock } = bench
    await grant(1000n)
    const id = createCallId(clock.now)
    await hold({ id })
    clock.now += 60_001
    while ((await driver.expire(100)) > 0);
    strictEqual((await driver.balance(account)).held, 0n)
    const late = await settle(id)
    deepStrictEqual(late, { state: 'settled_late', replay: false, charged: 40n, shortfall: 0n, seq: 3 })
    deepStrictEqual(await settle(id), { ...late, replay: true })
    const ops = (await readRows(driver, account)).map(({ op }) => op)
    deepStrictEqual(ops, ['topup', 'expire', 'settle_late'])
  },

  'a hold gives expired ones of its account back on the way': async ({ hold, grant, clock }) => {
    await grant(100n)
    await hold()
    clock.now += 60_001
    strictEqual((await hold()).ok, true)
  },
}
