import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { createCallId } from '../call-id.ts'
import type { HoldLimits, HoldRequest } from '../driver.ts'
import { type Bench, type Contract, readRows, reasonOf } from './bench.ts'

/** How a call can be over. */
const endings = {
  settled: ({ settle }: Bench, id: string) => settle(id),
  released: ({ driver, account }: Bench, id: string) => driver.release(id, account),
  async expired({ driver, clock }: Bench) {
    clock.now += 60_001
    while ((await driver.expire(100)) > 0);
  },
  async 'settled late'(bench: Bench, id: string) {
    await endings.expired(bench)
    return bench.settle(id)
  },
} as const

/** Sets of limits that are not these. */
function otherThan(limits: readonly HoldLimits[]): readonly Partial<HoldRequest>[] {
  const other = { id: 'other' }
  return [
    {},
    { limits: [] },
    { limits: [other, ...limits.slice(1)] },
    { limits: [...limits.slice(0, -1), other] },
    { limits: [...limits, other] },
    { limits: limits.slice(1) },
    ...(limits.length > 1 ? [{ limits: limits.toReversed() }] : []),
  ]
}

/** A repeat gets the first outcome and changes nothing. */
export const replayContract: Contract = {
  'P3 a hold repeated after any end reserves nothing, and on other terms it is a conflict': async (bench) => {
    const { hold, take, grant, has } = bench
    await grant(10_000n)
    for (const end of Object.values(endings)) {
      for (const limits of [[{ id: 'key' }], [{ id: 'key' }, { id: 'account' }]]) {
        const id = await take({ limits })
        await end(bench, id)
        const again = await hold({ id, limits })
        deepStrictEqual(again.ok && [again.replay, again.amount], [true, 100n])
        strictEqual(reasonOf(await hold({ id, limits, amount: 99n })), 'id_conflict')
        for (const others of otherThan(limits))
          strictEqual(reasonOf(await hold({ id, ...others })), 'id_conflict')
      }
      await has({ held: 0n })
    }
  },

  'a pending hold repeated with another amount or other sets is a conflict, with edited limits a repeat':
    async ({ hold, take, grant, has }) => {
      await grant(1000n)
      for (const limits of [[{ id: 'key' }], [{ id: 'key' }, { id: 'account' }]]) {
        const id = await take({ limits: limits.map((set) => ({ ...set, rpm: 2 })) })
        strictEqual(reasonOf(await hold({ id, amount: 101n, limits })), 'id_conflict')
        for (const others of otherThan(limits))
          strictEqual(reasonOf(await hold({ id, ...others })), 'id_conflict')
        const edited = limits.map((set) => ({ ...set, rpm: 1, concurrency: 1, spend: { day: 1n } }))
        const again = await hold({ id, limits: edited })
        strictEqual(again.ok && again.replay, true)
      }
      await has({ available: 800n, held: 200n })
    },

  'a hold repeated after an extension tells what it reserves now': async ({
    driver,
    account,
    hold,
    take,
    grant,
    clock,
  }) => {
    await grant(1000n)
    const id = await take()
    await driver.extend(id, account, { toAmount: 250n, ttlMs: 90_000 })
    const expiresAt = clock.now + 90_000
    deepStrictEqual(await hold({ id }), { ok: true, replay: true, amount: 250n, expiresAt, available: 750n })
  },

  'a repeat is answered before any limit, and before the hold is too old': async ({
    hold,
    take,
    grant,
    clock,
  }) => {
    await grant(100n)
    const limits = [{ id: 'key', concurrency: 1, rpm: 1 }]
    const id = await take({ limits, ttlMs: 100 * 3_600_000 })
    clock.now += 30 * 3_600_000
    const again = await hold({ id, limits })
    strictEqual(again.ok && again.replay, true)
  },

  'P3 every end repeated after every other gets the first outcome, a release of an expired hold too': async (
    bench,
  ) => {
    const { driver, account, settle, take, grant } = bench
    await grant(10_000n)
    const states = { settled: 'settled', released: 'released', 'settled late': 'settled_late' } as const
    for (const [name, state] of Object.entries(states)) {
      const id = await take()
      const first = await endings[name as keyof typeof states](bench, id)
      strictEqual(first.state, state)
      for (const again of [await settle(id, { modelCost: 77n }), await driver.release(id, account)])
        deepStrictEqual(again, { ...first, replay: true })
      strictEqual(reasonOf(await driver.extend(id, account, { toAmount: 200n })), 'not_pending')
    }
    const id = await take()
    await endings.expired(bench)
    const { seq } = await driver.balance(account)
    const released = { state: 'released', replay: true, charged: 0n, shortfall: 0n, seq } as const
    deepStrictEqual(await driver.release(id, account), released)
    strictEqual((await settle(id)).state, 'settled_late')
  },

  'refusals are not remembered: the same id may be taken once there is money': async ({
    hold,
    grant,
    clock,
  }) => {
    const id = createCallId(clock.now)
    strictEqual(reasonOf(await hold({ id })), 'insufficient')
    await grant(100n)
    const taken = await hold({ id })
    strictEqual(taken.ok && !taken.replay, true)
  },

  'P19 every kind of credit and debit counts once for each reference, and shortfalls are repeated': async ({
    driver,
    account,
    credit,
    has,
  }) => {
    const kinds = ['topup', 'promotion', 'refund', 'adjust_up', 'adjust_down', 'withdraw'] as const
    for (const kind of kinds) {
      const request = { ref: kind, kind, amount: 150n }
      const first = await credit(request)
      deepStrictEqual(await credit(request), { ...first, replay: true })
    }
    const dispute = { ref: 'dispute', kind: 'withdraw', amount: 1000n } as const
    const taken = { replay: false, available: 0n, seq: 7, shortfall: 700n }
    deepStrictEqual(await credit(dispute), taken)
    await credit({ ref: 'later', kind: 'topup', amount: 5n })
    deepStrictEqual(await credit(dispute), { ...taken, replay: true })
    await has({ available: 5n, topups: 5n, seq: 8 })
    const amounts = (await readRows(driver, account)).map(({ amount }) => amount)
    deepStrictEqual(amounts, [150n, 150n, 150n, 150n, 150n, 150n, 300n, 5n])
  },
}
