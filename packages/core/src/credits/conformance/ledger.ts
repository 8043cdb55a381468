import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { collect } from '../../store/collect.ts'
import { createCallId } from '../call-id.ts'
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
    const known = await collect(driver.accounts())
    ok(known.includes(account))
  },
}
