import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { GatewayError } from '../../errors/gateway-error.ts'
import { createRecordStore, type RecordStore } from '../../store/record-store.ts'
import type { CreditDriver, Eventually, SettleResult } from '../driver.ts'
import { createKeyvCreditDriver } from '../keyv-driver.ts'

const silent = { info() {}, warn() {}, error() {} }
const account = 'acme'

/** What has to happen before a process reaches the store. */
type Way = (operation: 'get' | 'put' | 'putMany', namespace: string) => Promise<void>

const atOnce: Way = async () => {}

/** A store, and processes that reach it each in its own way. */
function openStore() {
  const adapters = new Map<string, Map<string, unknown>>()
  const open = <Value extends object>(namespace: string) => {
    const adapter = adapters.get(namespace) ?? new Map<string, unknown>()
    adapters.set(namespace, adapter)
    return createRecordStore<Value>({ namespace, adapter })
  }
  return {
    process(way = atOnce): CreditDriver {
      const records = <Value extends object>(namespace: string): RecordStore<Value> => {
        const store = open<Value>(namespace)
        return {
          ...store,
          get: (id) => way('get', namespace).then(() => store.get(id)),
          put: (id, value) => way('put', namespace).then(() => store.put(id, value)),
          putMany: (entries) => way('putMany', namespace).then(() => store.putMany(entries)),
        }
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
      const isLate: Way = (operation) => (operation === 'put' ? gate.promise : Promise.resolve())
      const [early, late] = [store.process(), store.process(isLate)]
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

describe.concurrent('P3 a process that another one has replaced confirms no charge that the other does not know', () => {
  const charge = { id: 'call', account, modelCost: 1000n, fee: 0n, meta: {} }

  const codeOf = async (settling: Eventually<SettleResult>): Promise<string> => {
    try {
      return (await settling).state
    } catch (error) {
      return (error as GatewayError).code
    }
  }

  /** One that has a hold, and then reaches the store in another way. */
  async function start() {
    const store = openStore()
    let way = atOnce
    const first = store.process((operation, namespace) => way(operation, namespace))
    await first.init()
    await first.credit({ ref: 'first', account, amount: 1000n, kind: 'topup' })
    await first.hold({ id: charge.id, account, amount: 1000n, ttlMs: 60_000 })
    const change = (next: Way) => {
      way = next
    }
    return { first, second: store.process(), change }
  }

  test('whose writes take long', async () => {
    const { first, second, change } = await start()
    change((operation) => sleep(operation === 'putMany' ? 1800 : 0))
    const settling = codeOf(first.settle(charge))
    await sleep(100)
    await second.init()
    expect(await settling).toBe('store_unavailable')
    expect(await second.settle(charge)).toMatchObject({ state: 'settled', charged: 1000n })
    await second.close()
    await first.close().catch(() => {})
  }, 20_000)

  test('that cannot see who is the writer', async () => {
    const { first, second, change } = await start()
    change(async (operation) => {
      if (operation === 'get') throw new Error('No answer.')
    })
    await second.init()
    expect(await codeOf(first.settle(charge))).toBe('store_unavailable')
    expect(await second.settle(charge)).toMatchObject({ state: 'settled', charged: 1000n })
    await second.close()
    await first.close().catch(() => {})
  }, 20_000)
})
