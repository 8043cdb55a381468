import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createCallId } from '../../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../../packages/core/src/credits/driver.ts'
import { createKeyvCreditDriver } from '../../../packages/core/src/credits/keyv-driver.ts'
import { collect } from '../../../packages/core/src/store/collect.ts'
import { createRecordStore } from '../../../packages/core/src/store/record-store.ts'
import { silent } from '../../adapters/bench.ts'
import { createLateAdapter, type LateAdapter, type Lateness } from './late-adapter.ts'

const account = 'acme'
type Namespace = 'credit-rows' | 'credit-outcomes' | 'credit-accounts' | 'credit-owner'

/** A storage that outlives processes, and processes on it. */
function createStorage() {
  const storage = new Map<string, Map<string, unknown>>()
  const valuesOf = (namespace: string) => {
    const values = storage.get(namespace) ?? new Map<string, unknown>()
    storage.set(namespace, values)
    return values
  }
  const open = async ({ now = Date.now, timeoutMs = 20 } = {}) => {
    const lines = new Map<string, LateAdapter>()
    const lineOf = (namespace: string): LateAdapter => {
      const line = lines.get(namespace) ?? createLateAdapter(valuesOf(namespace))
      lines.set(namespace, line)
      return line
    }
    const driver = createKeyvCreditDriver({
      records: (namespace) => createRecordStore({ namespace, adapter: lineOf(namespace).adapter, timeoutMs }),
      logger: silent,
      now,
    })
    await driver.init()
    const die = async () => {
      for (const line of lines.values()) line.die()
      await driver.close().catch(() => {})
    }
    return { driver, die, line: (namespace: Namespace) => lineOf(namespace) }
  }
  const keys = (namespace: Namespace) => [...valuesOf(namespace).keys()]
  return {
    open,
    keys,
    put: (namespace: Namespace, key: string, value: unknown) => valuesOf(namespace).set(key, value),
  }
}

const grant = async (driver: CreditDriver, ref: string, amount: bigint) =>
  await driver.credit({ account, ref, amount, kind: 'topup' })

/** What a process that opens the storage finds, which has to add up. */
async function reopened(storage: ReturnType<typeof createStorage>) {
  const { driver } = await storage.open()
  const refs = (await collect(driver.ledger(account))).map(({ ref }) => ref)
  const { available } = await driver.balance(account)
  expect(await driver.audit(account)).toMatchObject({ ok: true, problems: [] })
  return { driver, refs, available }
}

describe.concurrent('a write to a store of single values that lands after it was given up', () => {
  test.each<Lateness>(['unanswered', 'refused'])('and %s, is older than its retry', async (lateness) => {
    const storage = createStorage()
    const { driver, line } = await storage.open()
    await grant(driver, 'one', 1n)
    const heads = line('credit-accounts')
    heads.delay(lateness)
    await expect(grant(driver, 'two', 10n)).rejects.toMatchObject({ code: 'store_unavailable', status: 503 })
    heads.heal()
    await expect.poll(() => grant(driver, 'two', 10n).catch(() => {})).toMatchObject({ replay: true })
    await grant(driver, 'three', 100n)
    heads.land()
    await driver.close()
    const found = await reopened(storage)
    expect(found).toMatchObject({ refs: ['one', 'two', 'three'], available: 111n })
    await found.driver.close()
  })

  test.each<Namespace>(['credit-rows', 'credit-outcomes', 'credit-accounts'])(
    'of %s, changes nothing that the next process wrote',
    async (namespace) => {
      const storage = createStorage()
      const first = await storage.open()
      await grant(first.driver, 'one', 1n)
      first.line(namespace).delay('unanswered')
      await expect(grant(first.driver, 'two', 10n)).rejects.toMatchObject({ code: 'store_unavailable' })
      await first.die()

      const second = await storage.open()
      await grant(second.driver, 'three', 100n)
      await grant(second.driver, 'two', 10n)
      expect(first.line(namespace).late).toBeGreaterThan(0)
      first.line(namespace).land()
      await second.driver.close()
      const { driver, refs, available } = await reopened(storage)
      expect({ refs, available }).toEqual({ refs: ['one', 'three', 'two'], available: 111n })
      expect(await grant(driver, 'two', 10n)).toMatchObject({ replay: true })
      expect((await driver.balance(account)).available).toBe(111n)
      await driver.close()
    },
    20_000,
  )

  test('and was a goodbye, says nothing about the process after it', async () => {
    const storage = createStorage()
    const first = await storage.open()
    await grant(first.driver, 'one', 1n)
    first.line('credit-owner').delay('unanswered')
    await first.driver.close()
    expect(first.line('credit-owner').late).toBe(1)
    const second = await storage.open()
    second.line('credit-accounts').delay('unanswered')
    await expect(grant(second.driver, 'two', 10n)).rejects.toMatchObject({ code: 'store_unavailable' })
    await second.die()

    first.line('credit-owner').land()
    const third = await storage.open()
    await grant(third.driver, 'three', 100n)
    second.line('credit-accounts').land()
    await third.driver.close()
    const found = await reopened(storage)
    expect(found).toMatchObject({ refs: ['one', 'three'], available: 101n })
    await found.driver.close()
  }, 20_000)

  test('and named a writer, makes nobody write where another process has', async () => {
    const storage = createStorage()
    const first = await storage.open()
    await grant(first.driver, 'one', 1n)
    first.line('credit-owner').delay('unanswered')
    await expect(first.driver.init()).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(first.line('credit-owner').late).toBe(1)
    await first.die()
    const second = await storage.open()
    second.line('credit-accounts').delay('unanswered')
    await expect(grant(second.driver, 'two', 10n)).rejects.toMatchObject({ code: 'store_unavailable' })
    await second.die()

    first.line('credit-owner').land()
    const third = await storage.open()
    await grant(third.driver, 'three', 100n)
    second.line('credit-accounts').land()
    await third.driver.close()
    const found = await reopened(storage)
    expect(found).toMatchObject({ refs: ['one', 'three'], available: 101n })
    await found.driver.close()
  }, 20_000)

  test('is whole, should the process after it have died before it wrote the account', async () => {
    const storage = createStorage()
    const first = await storage.open()
    await grant(first.driver, 'one', 1n)
    first.line('credit-accounts').delay('unanswered')
    await expect(grant(first.driver, 'two', 10n)).rejects.toMatchObject({ code: 'store_unavailable' })
    await first.die()
    const second = await storage.open()
    second.line('credit-accounts').delay('unanswered')
    await expect(grant(second.driver, 'three', 100n)).rejects.toMatchObject({ code: 'store_unavailable' })
    await second.die()

    first.line('credit-accounts').land()
    const found = await reopened(storage)
    expect(found).toMatchObject({ refs: ['one', 'two'], available: 11n })
    expect(await grant(found.driver, 'three', 100n)).toMatchObject({ replay: false })
    expect(await found.driver.audit(account)).toMatchObject({ ok: true })
    await found.driver.close()
  }, 20_000)
})

test('the end of a hold that lands behind its charge lets nobody charge it again', async () => {
  const storage = createStorage()
  let time = Date.now()
  const { driver, line, die } = await storage.open({ now: () => time })
  await grant(driver, 'one', 1000n)
  const id = createCallId(time)
  await driver.hold({ id, account, amount: 100n, ttlMs: 1000 })
  time += 2000
  const outcomes = line('credit-outcomes')
  outcomes.delay('unanswered')
  await expect(driver.expire(10)).rejects.toMatchObject({ code: 'store_unavailable' })
  outcomes.heal()
  await expect.poll(() => driver.expire(10).catch(() => {})).toBe(0)
  const charge = { id, account, modelCost: 50n, fee: 0n, meta: {} }
  expect(await driver.settle(charge)).toMatchObject({ state: 'settled_late', replay: false })
  expect(outcomes.late).toBeGreaterThan(0)
  outcomes.land()
  await die()

  const found = await reopened(storage)
  expect(await found.driver.settle(charge)).toMatchObject({
    state: 'settled_late',
    replay: true,
    charged: 50n,
  })
  expect(await found.driver.release(id, account)).toMatchObject({ state: 'settled_late', replay: true })
  expect(await found.driver.balance(account)).toMatchObject({ available: 950n, spent: 50n })
  await found.driver.close()
}, 20_000)

test('of processes that start together, one becomes the writer', async () => {
  const storage = createStorage()
  const first = await storage.open()
  await grant(first.driver, 'one', 1n)
  await first.die()
  const started = await Promise.allSettled([storage.open(), storage.open()])
  const drivers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value.driver] : []))
  await Promise.all(drivers.map((driver, index) => grant(driver, `of ${index}`, 10n)))
  await Promise.all(drivers.map((driver) => driver.close()))
  const { driver, refs } = await reopened(storage)
  expect(refs).toEqual(['one', 'of 0'])
  await driver.close()
  expect(started).toContainEqual({
    status: 'rejected',
    reason: expect.objectContaining({ code: 'store_unavailable' }),
  })
}, 20_000)

test('what is looked up while its process closes is no reason for a goodbye before it is written', async () => {
  const storage = createStorage()
  const first = await storage.open({ timeoutMs: 500 })
  await grant(first.driver, 'one', 1n)
  const [outcomes, owner] = [first.line('credit-outcomes'), first.line('credit-owner')]
  const [lookUp, sayGoodbye] = [outcomes.slow(), owner.slow()]
  const heads = first.line('credit-accounts')
  heads.delay('unanswered')
  const granted = expect(grant(first.driver, 'two', 10n)).rejects.toMatchObject({ code: 'store_unavailable' })
  await turn()
  const closed = first.driver.close().catch(() => {})
  await turn()
  lookUp()
  await expect.poll(() => heads.late).toBeGreaterThan(0)
  sayGoodbye()
  await Promise.all([granted, closed])

  const second = await storage.open()
  await grant(second.driver, 'three', 100n)
  heads.land()
  await second.driver.close()
  const found = await reopened(storage)
  expect(found).toMatchObject({ refs: ['one', 'three'], available: 101n })
  await found.driver.close()
}, 20_000)

test('an account keeps its place over restarts, and leaves none behind after failures', async () => {
  const storage = createStorage()
  for (const ref of ['one', 'two', 'three']) {
    const { driver } = await storage.open()
    await grant(driver, ref, 1n)
    await driver.close()
  }
  const [place] = storage.keys('credit-accounts')
  expect(storage.keys('credit-accounts')).toEqual([place])

  const { driver, line } = await storage.open()
  line('credit-accounts').delay('refused')
  await expect(grant(driver, 'four', 1n)).rejects.toMatchObject({ code: 'store_unavailable' })
  line('credit-accounts').land()
  line('credit-accounts').heal()
  await expect.poll(() => grant(driver, 'four', 1n).catch(() => {})).toMatchObject({ replay: true })
  await expect.poll(() => storage.keys('credit-accounts')).toHaveLength(1)
  expect(storage.keys('credit-accounts')).not.toEqual([place])
  await driver.close()
  const found = await reopened(storage)
  expect(found).toMatchObject({ refs: ['one', 'two', 'three', 'four'], available: 4n })
  await found.driver.close()
})

test('accounts that another version wrote are no empty ones', async () => {
  const storage = createStorage()
  const value = { unspent: '1000', spent: '0', topups: '1000', seq: 1, holds: [], keys: [], grants: [] }
  storage.put('credit-accounts', account, JSON.stringify({ value }))
  await expect(storage.open()).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('"acme"'),
  })
})
