import { strictEqual } from 'node:assert/strict'
import { createCallId } from '../call-id.ts'
import type { Contract } from './bench.ts'

/** The limits of one access key, checked in the same step as the balance. */
export const keyContract: Contract = {
  'a key spends no more than its limit within its window': async ({ hold, settle, grant, clock }) => {
    await grant(10_000n)
    clock.now = Date.UTC(2026, 5, 3, 12)
    const key = { id: 'key', spendLimit: 150n, spendWindow: 'day' } as const
    const id = createCallId(clock.now)
    strictEqual((await hold({ id, key })).ok, true)
    const held = await hold({ key })
    strictEqual(!held.ok && held.reason, 'spend_limit')
    await settle(id)
    strictEqual((await hold({ key })).ok, true)
    clock.now += 86_400_000
    strictEqual((await hold({ key })).ok, true)
  },

  'a key has no more calls under way than it may': async ({ driver, account, hold, grant, clock }) => {
    await grant(10_000n)
    const key = { id: 'key', concurrency: 2 }
    const id = createCallId(clock.now)
    await hold({ id, key })
    await hold({ key })
    const third = await hold({ key })
    strictEqual(!third.ok && third.reason, 'concurrency')
    await driver.release(id, account)
    strictEqual((await hold({ key })).ok, true)
  },

  'a key makes no more requests a minute than it may': async ({ hold, grant, clock }) => {
    await grant(10_000n)
    clock.now = Math.ceil(clock.now / 60_000) * 60_000
    const key = { id: 'key', rpm: 3 }
    for (let request = 0; request < 3; request += 1) strictEqual((await hold({ key })).ok, true)
    const refused = await hold({ key })
    strictEqual(!refused.ok && refused.reason, 'rpm')
    strictEqual(!refused.ok && (refused.retryAfterMs ?? 0) > 0, true)
    clock.now += 60_000
    strictEqual((await hold({ key })).ok, false)
    clock.now += 30_000
    strictEqual((await hold({ key })).ok, true)
  },

  'a key uses no more tokens a minute than it may': async ({ hold, grant, clock }) => {
    await grant(10_000n)
    clock.now = Math.ceil(clock.now / 60_000) * 60_000
    const key = { id: 'key', tpm: 1000, estTokens: 600 }
    strictEqual((await hold({ key })).ok, true)
    const refused = await hold({ key })
    strictEqual(!refused.ok && refused.reason, 'tpm')
    strictEqual((await hold({ key: { ...key, estTokens: 400 } })).ok, true)
  },
}
