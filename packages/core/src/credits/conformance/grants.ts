import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import { createCallId } from '../call-id.ts'
import { type Contract, readRows } from './bench.ts'

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

  'credits that expire are spent first, and what is left of them is taken back': async (bench) => {
    const { driver, account, hold, settle, grant, clock } = bench
    await grant(100n)
    const expiresAt = clock.now + 1000
    await driver.credit({ account, ref: 'gift', amount: 100n, kind: 'promotion', expiresAt })
    const id = createCallId(clock.now)
    await hold({ id })
    await settle(id)
    clock.now += 1001
    await driver.expire(100)
    const { available, topups } = await driver.balance(account)
    deepStrictEqual({ available, topups }, { available: 100n, topups: 140n })
    const last = (await readRows(driver, account)).at(-1)
    deepStrictEqual(
      { op: last?.op, ref: last?.ref, amount: last?.amount },
      {
        op: 'expire_grant',
        ref: 'gift',
        amount: 60n,
      },
    )
  },

  'expired credits that a call holds stay until the call is over': async (bench) => {
    const { driver, account, hold, settle, clock } = bench
    const expiresAt = clock.now + 1000
    await driver.credit({ account, ref: 'gift', amount: 100n, kind: 'promotion', expiresAt })
    const id = createCallId(clock.now)
    await hold({ id })
    clock.now += 1001
    await driver.expire(100)
    strictEqual((await settle(id)).state, 'settled')
    await driver.expire(100)
    const { available, spent } = await driver.balance(account)
    deepStrictEqual({ available, spent }, { available: 0n, spent: 40n })
  },
}
