import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRecordStore } from '../store/record-store.ts'
import { createCallId } from './call-id.ts'
import { describeCreditInterleavings } from './conformance/interleavings/describe-credit-interleavings.ts'
import { describeCreditModel } from './conformance/model/describe-credit-model.ts'
import type { CreateDriver } from './conformance/options.ts'
import { describeCreditDriver } from './conformance.ts'
import type { CreditDriver, HoldRequest } from './driver.ts'
import { createKeyvCreditDriver } from './keyv-driver.ts'

describe('credits in a store of single values', () => {
  const adapters = new Map<string, Map<string, unknown>>()
  const records = <Value extends object>(namespace: string) => {
    const adapter = adapters.get(namespace) ?? new Map<string, unknown>()
    adapters.set(namespace, adapter)
    return createRecordStore<Value>({ namespace, adapter })
  }
  const create: CreateDriver = async ({ now }) => {
    const driver = createKeyvCreditDriver({ records, now, logger: console })
    await driver.init()
    return driver
  }
  /** A process that ends behind the end of a hold, whose call nobody has charged. */
  async function leaveExpired(
    driver: CreditDriver,
    clock: { now: number },
    call: Pick<HoldRequest, 'id' | 'account'>,
  ) {
    await driver.credit({ ref: 'first', account: call.account, amount: 1000n, kind: 'topup' })
    await driver.hold({ ...call, amount: 100n, ttlMs: 1000 })
    clock.now += 1000
    expect(await driver.expire(10)).toBe(1)
    await driver.close()
  }

  test('P3 a call is charged late though the clock of who held it for was ahead', async () => {
    const clock = { now: Date.now() + 30_000 }
    const call = { id: createCallId(clock.now), account: 'handed over' }
    const ahead = await create({ now: () => clock.now })
    await leaveExpired(ahead, clock, call)
    const behind = await create({ now: Date.now })
    const charged = await behind.settle({ ...call, modelCost: 30n, fee: 10n, meta: {} })
    expect(charged).toMatchObject({ state: 'settled_late', charged: 40n })
    await behind.close()
  })

  test('P3 a call that was charged before the clock was set back is charged for good', async () => {
    const clock = { now: Date.now() + 3_600_000 }
    const reopen = () => create({ now: () => clock.now })
    const call = { id: createCallId(clock.now), account: 'set back' }
    const charge = { ...call, modelCost: 30n, fee: 10n, meta: {} }
    const first = await reopen()
    await first.credit({ ref: 'first', account: call.account, amount: 1000n, kind: 'topup' })
    await first.hold({ ...call, amount: 100n, ttlMs: 1000 })
    clock.now -= 3_600_000
    expect(await first.settle(charge)).toMatchObject({ state: 'settled', replay: false })
    await first.close()
    const second = await reopen()
    expect(await second.settle(charge)).toMatchObject({ state: 'settled', replay: true })
    await second.close()
  })

  test('P3 a call of a process that went on while this one could not start is charged late', async () => {
    const clock = { now: Date.now() }
    const waiting = createKeyvCreditDriver({ records, logger: console, now: () => clock.now })
    clock.now += 300_000
    const call = { id: createCallId(clock.now), account: 'went on' }
    const before = await create({ now: () => clock.now })
    await leaveExpired(before, clock, call)
    await waiting.init()
    const charged = await waiting.settle({ ...call, modelCost: 30n, fee: 10n, meta: {} })
    expect(charged).toMatchObject({ state: 'settled_late', charged: 40n })
    await waiting.close()
  })

  describeCreditDriver({ test, create })
  describeCreditModel({ test, fc, create, restarts: true })
  describeCreditInterleavings({ test, create })
})
