import { describe, expect, test } from 'vitest'
import { createRecordStore, type RecordStore } from '../../store/record-store.ts'
import type { CreditDriver } from '../driver.ts'
import { createKeyvCreditDriver } from '../keyv-driver.ts'

const silent = { info() {}, warn() {}, error() {} }
const account = 'acme'

/** A store whose processes may reach it late when they say that they are its writer. */
function openStore() {
  const adapters = new Map<string, Map<string, unknown>>()
  const open = <Value extends object>(namespace: string) => {
    const adapter = adapters.get(namespace) ?? new Map<string, unknown>()
    adapters.set(namespace, adapter)
    return createRecordStore<Value>({ namespace, adapter })
  }
  return {
    process(reached: Promise<void> = Promise.resolve()): CreditDriver {
      const records = <Value extends object>(namespace: string): RecordStore<Value> => {
        const store = open<Value>(namespace)
        if (namespace !== 'credit-owner') return store
        return { ...store, put: (id, value) => reached.then(() => store.put(id, value)) }
      }
      return createKeyvCreditDriver({ records, logger: silent })
    },
  }
}

const spend = async (driver: CreditDriver, id: string): Promise<bigint> => {
  try {
    const held = await driver.hold({ id, account, amount: 1000n, ttlMs: 60_000 })
    if (!held.ok) return 0n
    const settled = await driver.settle({ id, account, modelCost: 1000n, fee: 0n, meta: {} })
    return settled.state === 'settled' ? settled.charged : 0n
  } catch {
    return 0n
  }
}

describe('P3 of two processes that start at once, one is late to say so', () => {
  test.each([
    ['where another one has ended', true],
    ['where there was none', false],
  ])(
    '%s: what the first one has charged is charged',
    async (_, isUsed) => {
      const store = openStore()
      const terms = { ref: 'first', account, amount: 1000n, kind: 'topup' } as const
      if (isUsed) {
        const before = store.process()
        await before.init()
        await before.credit(terms)
        await before.close()
      }
      const gate = Promise.withResolvers<void>()
      const [early, late] = [store.process(), store.process(gate.promise)]
      const lateStart = late.init()
      await early.init()
      await early.credit(terms)
      gate.resolve()
      let charged = 0n
      const spending = lateStart.then(() => spend(late, 'late'))
      // At once: it learns within a second that another one has come.
      charged += await spend(early, 'early')
      charged += await spending
      await Promise.all([early.close(), late.close()])
      const last = store.process()
      await last.init()
      expect(await last.balance(account)).toMatchObject({ available: 1000n - charged, spent: charged })
      expect(charged).toBe(1000n)
      expect(await last.audit(account)).toMatchObject({ ok: true })
      await last.close()
    },
    20_000,
  )
})
