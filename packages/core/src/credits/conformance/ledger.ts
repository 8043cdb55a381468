import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { collect } from '../../store/collect.ts'
import { createCallId } from '../call-id.ts'
import { findCall } from '../find-call.ts'
import { newestFirst } from '../newest-first.ts'
import { type Contract, readRows } from './bench.ts'

/** Many at once, and the rows they leave. */
export const ledgerContract: Contract = {
  '500 concurrent holds on an account that affords 200': async (bench) => {
    const { driver, account, hold, settle, grant, clock } = bench
    await grant(20_000n)
    const ids = Array.from({ length: 500 }, () => createCallId(clock.now))
    const results = await Promise.all(ids.map((id) => hold({ id })))
    const taken = ids.filter((_, index) => results[index]?.ok)
    strictEqual(taken.length, 200)
    await Promise.all(taken.flatMap((id) => [settle(id), settle(id)]))
    const { available, held, spent } = await driver.balance(account)
    deepStrictEqual({ available, held, spent }, { available: 12_000n, held: 0n, spent: 8000n })
    strictEqual((await readRows(driver, account)).length, 201)
  },

  'the ledger is gapless and can be read from any row': async ({
    driver,
    account,
    hold,
    settle,
    grant,
    clock,
  }) => {
    await grant(100_000n)
    for (let call = 0; call < 20; call += 1) {
      const id = createCallId(clock.now)
      await hold({ id })
      await settle(id)
    }
    const all = await readRows(driver, account)
    deepStrictEqual(
      all.map(({ seq }) => seq),
      Array.from({ length: 21 }, (_, index) => index + 1),
    )
    deepStrictEqual(await readRows(driver, account, 20), all.slice(19))
    deepStrictEqual((await collect(driver.ledger(account, 3, 5))).slice(0, 3), all.slice(2, 5))
    deepStrictEqual(await collect(newestFirst(driver, account)), all.toReversed())
    deepStrictEqual(await collect(newestFirst(driver, account, 4)), all.slice(0, 4).toReversed())
    const known = await collect(driver.accounts())
    ok(known.includes(account))
  },

  'a call is found by its id, in its own account alone': async ({
    driver,
    account,
    take,
    settle,
    grant,
    clock,
  }) => {
    await grant(100_000n)
    const [settled, released, pending, late] = [
      await take(),
      await take(),
      await take(),
      await take({ ttlMs: 1 }),
    ]
    await settle(settled)
    await driver.release(released, account)
    clock.now += 2
    await driver.expire(1000)
    strictEqual((await findCall(driver, account, late))?.op, 'expire')
    await settle(late)
    const rows = await readRows(driver, account)
    const newest = (id: string) => rows.findLast(({ ref }) => ref === id)
    for (const id of [settled, released, late]) {
      const found = await findCall(driver, account, id)
      ok(found)
      deepStrictEqual(found, newest(id))
    }
    strictEqual((await findCall(driver, account, late))?.op, 'settle_late')
    strictEqual(await findCall(driver, account, pending), undefined)
    strictEqual(await findCall(driver, account, 'grant'), undefined)
    strictEqual(await findCall(driver, account, createCallId(clock.now)), undefined)
    const elsewhere = `${account}-b`
    await driver.credit({ account: elsewhere, ref: 'grant', amount: 1n, kind: 'topup' })
    strictEqual(await findCall(driver, elsewhere, settled), undefined)
    await driver.release(pending, account)
  },

  'a call is found by its time where no id can be looked up': async ({
    driver,
    account,
    take,
    settle,
    grant,
    clock,
  }) => {
    await grant(1_000_000n)
    const ids: string[] = []
    for (let call = 0; call < 12; call += 1) {
      ids.push(await take())
      await settle(ids.at(-1) as string)
      clock.now += 7_200_000
    }
    const plain = { balance: driver.balance, ledger: driver.ledger }
    for (const id of ids) strictEqual((await findCall(plain, account, id))?.ref, id)
    strictEqual(await findCall(plain, account, createCallId(clock.now)), undefined)
  },
}
