import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import { readRows } from '../../packages/core/src/credits/conformance/bench.ts'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { grant, hold } from './calls.ts'
import type { DatabaseBench } from './database-bench.ts'

/** What processes that share a database promise each other; to be called within a `describe`. */
export function describeSharedDatabase(createBench: () => Promise<DatabaseBench>): void {
  let bench: DatabaseBench
  beforeAll(async () => {
    bench = await createBench()
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(() => bench.remove())

  test('make their tables once, however many start at the same time', async () => {
    const empty = await createBench()
    const drivers = await Promise.all(Array.from({ length: 6 }, () => empty.start()))
    const granted = await Promise.all(drivers.map((driver) => grant(driver, 'new')))
    expect(granted.filter(({ replay }) => !replay)).toHaveLength(1)
    await empty.remove()
  })

  test('refuse tables of another version', async () => {
    const other = await createBench()
    await other.start()
    await other.database.run('UPDATE tollgate_credits SET version = 999')
    await expect(other.start()).rejects.toThrow(/version 999/)
    await other.remove()
  })

  test('take a hold once when they ask with one id at the same time', async () => {
    const [left, right] = await Promise.all([bench.start(), bench.start()])
    const account = crypto.randomUUID()
    await grant(left, account)
    const ids = Array.from({ length: 50 }, () => createCallId())
    const taken = await Promise.all(
      ids.map((id) => Promise.all([hold(left, account, { id }), hold(right, account, { id })])),
    )
    const replays = taken.map((pair) => pair.map((result) => result.ok && result.replay).sort())
    expect(replays).toEqual(ids.map(() => [false, true]))
    expect((await left.balance(account)).held).toBe(5000n)
    const settled = await Promise.all(
      ids.flatMap((id) =>
        [left, right].map((driver) => driver.settle({ id, account, modelCost: 40n, fee: 0n, meta: {} })),
      ),
    )
    expect(settled.filter((result) => result.state === 'settled' && !result.replay)).toHaveLength(50)
    expect(await right.audit(account)).toMatchObject({ ok: true, entries: 51 })
  })

  test('open a new account together', async () => {
    const [left, right] = await Promise.all([bench.start(), bench.start()])
    const account = crypto.randomUUID()
    const both = await Promise.all([
      ...[left, right].map((driver) => hold(driver, account)),
      ...[left, right].map((driver) => grant(driver, account)),
      ...[left, right].map((driver) => hold(driver, account)),
    ])
    expect(both).toHaveLength(6)
    const { topups } = await left.balance(account)
    expect(topups).toBe(1_000_000n)
    expect(await right.audit(account)).toMatchObject({ ok: true })
  })

  test('never spend more than was granted', async () => {
    const drivers = await Promise.all([bench.start(), bench.start()])
    const account = crypto.randomUUID()
    await grant(drivers[0], account, 100_000n)
    const spend = async (driver: CreditDriver): Promise<bigint> => {
      let spent = 0n
      for (;;) {
        const id = createCallId()
        const amount = BigInt(500 + Math.floor(Math.random() * 1000))
        const held = await driver.hold({ id, account, amount, ttlMs: 60_000 })
        if (!held.ok) return spent
        const settled = await driver.settle({ id, account, modelCost: amount - 100n, fee: 50n, meta: {} })
        if (settled.state === 'settled') spent += settled.charged
      }
    }
    const spent = await Promise.all(
      Array.from({ length: 64 }, (_, index) => spend(drivers[index % 2 ? 1 : 0])),
    )
    const total = spent.reduce((sum, part) => sum + part, 0n)
    expect(total).toBeGreaterThan(90_000n)
    expect(total).toBeLessThanOrEqual(100_000n)
    expect((await drivers[1].balance(account)).spent).toBe(total)
    expect(await drivers[1].audit(account)).toMatchObject({ ok: true })
  })

  test('give expired holds back once, also those of a process that is gone', async () => {
    const [dead, left, right] = await Promise.all([bench.start(), bench.start(), bench.start()])
    const accounts = Array.from({ length: 5 }, () => crypto.randomUUID())
    for (const account of accounts) await grant(dead, account)
    await Promise.all(
      accounts.flatMap((account) => Array.from({ length: 8 }, () => hold(dead, account, { ttlMs: 1 }))),
    )
    await vi.waitFor(async () => {
      const given = await Promise.all([left.expire(1000), right.expire(1000)])
      expect(given[0] + given[1]).toBe(0)
    })
    for (const account of accounts) {
      expect((await left.balance(account)).held).toBe(0n)
      const expired = (await readRows(right, account)).filter(({ op }) => op === 'expire')
      expect(new Set(expired.map(({ ref }) => ref)).size).toBe(8)
      expect(expired).toHaveLength(8)
      expect(await right.audit(account)).toMatchObject({ ok: true })
    }
  })

  test('go by the clock of the server, whatever their own says', async () => {
    const driver = await bench.start()
    const account = crypto.randomUUID()
    await grant(driver, account)
    const before = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: before + 3_600_000 })
    const taken = await hold(driver, account, { id: createCallId(before) })
    expect(await driver.expire(1000)).toBe(0)
    vi.useRealTimers()
    const expiresAt = taken.ok ? taken.expiresAt : 0
    expect(Math.abs(expiresAt - before - 60_000)).toBeLessThan(5000)
    expect((await driver.balance(account)).held).toBe(100n)
  })
}
