import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { createMemoryCreditDriver } from '../../packages/core/src/credits/memory-driver.ts'
import { createSqliteCreditDriver } from '../../packages/core/src/credits/sqlite-driver.ts'

const step = fc.oneof(
  fc.record({ kind: fc.constant('grant' as const), amount: fc.integer({ min: 1, max: 500 }) }),
  fc.record({
    kind: fc.constant('gift' as const),
    amount: fc.integer({ min: 1, max: 500 }),
    lasts: fc.integer({ min: 1, max: 3000 }),
  }),
  fc.record({ kind: fc.constant('withdraw' as const), amount: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ kind: fc.constant('hold' as const), amount: fc.integer({ min: 0, max: 300 }) }),
  fc.record({ kind: fc.constant('extend' as const), call: fc.nat(20), amount: fc.nat(100) }),
  fc.record({
    kind: fc.constant('settle' as const),
    call: fc.nat(20),
    cost: fc.nat(500),
    overrun: fc.constantFrom('extend' as const, 'cap' as const),
  }),
  fc.record({ kind: fc.constant('release' as const), call: fc.nat(20) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2500 }) }),
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const key = { id: 'key', spendLimit: 700n, concurrency: 6 }

/** One account under way: what its steps have taken and when it is. */
interface Run {
  readonly driver: CreditDriver
  readonly account: string
  readonly calls: string[]
  readonly clock: { now: number }
}

type Doing = { [Kind in Step['kind']]: (run: Run, step: Extract<Step, { kind: Kind }>) => unknown }

const pick = ({ calls, clock }: Run, call: number) =>
  calls[call % Math.max(1, calls.length)] ?? createCallId(clock.now)

const credit = ({ driver, account }: Run, kind: 'topup' | 'withdraw', amount: number) =>
  driver.credit({ account, ref: crypto.randomUUID(), amount: BigInt(amount), kind })

const doing: Doing = {
  grant: (run, { amount }) => credit(run, 'topup', amount),
  withdraw: (run, { amount }) => credit(run, 'withdraw', amount),
  gift: ({ driver, account, clock }, { amount, lasts }) => {
    const expiry = { kind: 'promotion', expiresAt: clock.now + lasts } as const
    return driver.credit({ account, ref: crypto.randomUUID(), amount: BigInt(amount), ...expiry })
  },
  hold: ({ driver, account, calls, clock }, { amount }) => {
    const id = createCallId(clock.now)
    calls.push(id)
    return driver.hold({ id, account, amount: BigInt(amount), ttlMs: 2000, key })
  },
  extend: (run, { call, amount }) =>
    run.driver.extend(pick(run, call), run.account, { toAmount: BigInt(amount) }),
  settle: (run, { call, cost, overrun }) => {
    const { driver, account } = run
    return driver.settle({
      id: pick(run, call),
      account,
      modelCost: BigInt(cost),
      fee: 1n,
      overrun,
      meta: {},
    })
  },
  release: (run, { call }) => run.driver.release(pick(run, call), run.account),
  wait: ({ driver, clock }, { ms }) => {
    clock.now += ms
    return driver.expire(100)
  },
}

/** Does what the steps say and checks, behind each, that nothing is below zero and nothing is lost. */
async function play(driver: CreditDriver, steps: readonly Step[], clock: { now: number }): Promise<void> {
  const run: Run = { driver, account: crypto.randomUUID(), calls: [], clock }
  for (const next of steps) {
    await (doing[next.kind] as (run: Run, step: Step) => unknown)(run, next)
    const { available, held, spent, topups } = await driver.balance(run.account)
    expect(available >= 0n && held >= 0n && spent >= 0n).toBe(true)
    expect(available + held + spent).toBe(topups)
  }
  expect(await driver.audit(run.account)).toMatchObject({ ok: true, problems: [] })
}

describe('any order of operations keeps the sums', () => {
  test('in memory', async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = { now: Date.now() }
      await play(createMemoryCreditDriver({ now: () => clock.now }), steps, clock)
    })
    await fc.assert(property, { numRuns: 300 })
  })

  test('in SQLite, closed and opened again', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tollgate-order-')), 'credits.db')
    const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const clock = { now: Date.now() }
      const driver = createSqliteCreditDriver({ file, logger: console, now: () => clock.now })
      await driver.init()
      try {
        await play(driver, steps, clock)
      } finally {
        await driver.close()
      }
    })
    await fc.assert(property, { numRuns: 25 })
  })
})
