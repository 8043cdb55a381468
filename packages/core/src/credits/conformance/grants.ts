import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import type { Contract } from './bench.ts'

/** What comes in and what is taken out by hand or by time. */
export const grantContract: Contract = {
  'references of accounts whose names contain each other are apart': async ({ driver, account }) => {
    const grant = (of: string, ref: string) => driver.credit({ account: of, ref, amount: 5n, kind: 'topup' })
    await grant(account, 'eu invoice')
    deepStrictEqual((await grant(`${account} eu`, 'invoice')).replay, false)
    deepStrictEqual((await driver.balance(`${account} eu`)).available, 5n)
  },

  'a credit counts once for each reference': async ({ driver, account, grant }) => {
    await grant(100n, 'invoice-1')
    const again = await driver.credit({ account, ref: 'invoice-1', amount: 100n, kind: 'topup' })
    deepStrictEqual(again, { replay: true, available: 100n, seq: 1, shortfall: 0n })
    await rejects(driver.credit({ account, ref: 'invoice-1', amount: 101n, kind: 'topup' }), {
      code: 'idempotency_conflict',
    })
    strictEqual((await driver.balance(account)).available, 100n)
  },

  'a debit takes at most what is available': async ({ driver, account, hold, grant }) => {
    await grant(150n)
    await hold()
    const taken = await driver.credit({ account, ref: 'dispute', amount: 80n, kind: 'withdraw' })
    deepStrictEqual(taken, { replay: false, available: 0n, seq: 2, shortfall: 30n })
  },

  'an account holds at most 2^53-1': async ({ driver, account, grant }) => {
    await grant(2n ** 53n - 2n)
    await rejects(driver.credit({ account, ref: 'more', amount: 2n, kind: 'topup' }), {
      code: 'invalid_request',
    })
  },

  'a debit nobody can pay is all shortfall, and no account is below zero': async ({ credit, has }) => {
    const taken = await credit({ ref: 'dispute', kind: 'adjust_down', amount: 80n })
    deepStrictEqual(taken, { replay: false, available: 0n, seq: 1, shortfall: 80n })
    await has({ available: 0n, topups: 0n, seq: 1 })
  },

  'P19 a reference used before for another amount or kind is a conflict, and changes nothing': async (
    bench,
  ) => {
    const { credit, has } = bench
    await credit({ ref: 'a', kind: 'topup', amount: 100n })
    await credit({ ref: 'b', kind: 'withdraw', amount: 130n })
    const others = [
      { ref: 'a', kind: 'topup', amount: 101n },
      { ref: 'a', kind: 'refund', amount: 100n },
      { ref: 'a', kind: 'withdraw', amount: 100n },
      { ref: 'b', kind: 'withdraw', amount: 100n },
      { ref: 'b', kind: 'topup', amount: 130n },
    ] as const
    for (const other of others)
      await rejects(credit(other), { code: 'idempotency_conflict', param: 'reference' })
    await rejects(credit({ ref: 'b', kind: 'topup', amount: 1n }), {
      message: 'The reference "b" was used before, for a withdraw of $0.000000130.',
    })
    await has({ available: 0n, topups: 0n, seq: 2 })
  },

  'P19 a payment told many times at once counts once': async ({ credit, has }) => {
    const request = { ref: 'invoice', kind: 'topup', amount: 100n } as const
    const results = await Promise.all(Array.from({ length: 20 }, () => credit(request)))
    strictEqual(results.filter(({ replay }) => !replay).length, 1)
    await has({ available: 100n, seq: 1 })
  },
}
