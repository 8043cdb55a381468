import { copyFileSync, existsSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCallId } from './call-id.ts'
import { describeCreditInterleavings } from './conformance/interleavings/describe-credit-interleavings.ts'
import { describeCreditModel } from './conformance/model/describe-credit-model.ts'
import type { CreateDriver } from './conformance/options.ts'
import { describeCreditDriver } from './conformance.ts'
import type { CreditDriver } from './driver.ts'
import { createSqliteCreditDriver } from './sqlite-driver.ts'

describe('credits in SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'credits-'))
  let file = join(folder, 'credits.db')
  let killed = 0
  const create: CreateDriver = async ({ now }) => {
    const driver = createSqliteCreditDriver({ file, now, logger: console })
    await driver.init()
    return driver
  }
  /** The files as they are at that moment, which is what a process leaves that ends without a word. */
  const kill = async (driver: CreditDriver) => {
    killed += 1
    const left = join(folder, `killed-${killed}.db`)
    for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, left + end)
    await driver.close()
    file = left
  }

  test('P3 a hold that outlived its process is over for good once its call is charged', async () => {
    const clock = { now: Date.now() }
    const reopen = () => create({ now: () => clock.now })
    // By a clock that was ahead, and has been set back since.
    const call = { id: createCallId(clock.now + 1), account: 'restarted' }
    const charge = { ...call, modelCost: 30n, fee: 10n, meta: {} }
    const first = await reopen()
    await first.credit({ ref: 'first', account: call.account, amount: 1000n, kind: 'topup' })
    await first.hold({ ...call, amount: 100n, ttlMs: 60_000 })
    await first.handOver?.(call.id, call.account)
    await first.close()
    const second = await reopen()
    expect(await second.balance(call.account)).toMatchObject({ available: 900n, held: 100n })
    expect(await second.settle(charge)).toMatchObject({ state: 'settled', replay: false })
    await second.close()
    const third = await reopen()
    expect(await third.balance(call.account)).toMatchObject({ available: 960n, held: 0n, spent: 40n })
    clock.now += 60_000
    expect(await third.expire(10)).toBe(0)
    expect(await third.settle(charge)).toMatchObject({ state: 'settled', replay: true, charged: 40n })
    await third.close()
  })

  test('P3 a call that was charged before the clock was set back is charged for good', async () => {
    const clock = { now: Date.now() }
    const reopen = () => create({ now: () => clock.now })
    const call = { id: createCallId(clock.now + 3_600_000), account: 'set back' }
    const expired = { id: createCallId(clock.now + 3_600_000), account: call.account }
    const charge = { modelCost: 30n, fee: 10n, meta: {} }
    const first = await reopen()
    await first.credit({ ref: 'first', account: call.account, amount: 1000n, kind: 'topup' })
    await first.hold({ ...call, amount: 100n, ttlMs: 60_000 })
    await first.hold({ ...expired, amount: 100n, ttlMs: 1000 })
    expect(await first.settle({ ...call, ...charge })).toMatchObject({ state: 'settled', replay: false })
    clock.now += 1000
    expect(await first.expire(10)).toBe(1)
    await first.close()
    const second = await reopen()
    expect(await second.settle({ ...call, ...charge })).toMatchObject({ state: 'settled', replay: true })
    expect(await second.settle({ ...expired, ...charge })).toMatchObject({
      state: 'settled_late',
      charged: 40n,
    })
    expect(await second.audit(call.account)).toMatchObject({ ok: true, problems: [] })
    await second.close()
  })

  test('P3 a grant that was spent while the disk was full is spent for the next process too', async () => {
    const clock = { now: Date.now() }
    const reopen = () => create({ now: () => clock.now })
    const call = { id: createCallId(clock.now), account: 'granted' }
    const charge = { ...call, modelCost: 500n, fee: 0n, meta: {} }
    const first = await reopen()
    const ends = { expiresAt: clock.now + 60_000 }
    await first.credit({ ref: 'ends', account: call.account, amount: 500n, kind: 'promotion', ...ends })
    await first.hold({ ...call, amount: 500n, ttlMs: 60_000 })
    await first.handOver?.(call.id, call.account)
    // The last of what is written: all before is undone.
    const disk = new DatabaseSync(file)
    disk.exec(`CREATE TRIGGER full BEFORE DELETE ON credit_holds BEGIN SELECT RAISE(ABORT, 'full'); END`)
    await expect(first.settle(charge)).rejects.toMatchObject({ code: 'store_unavailable' })
    disk.exec('DROP TRIGGER full')
    disk.close()
    expect(await first.settle(charge)).toMatchObject({ state: 'settled', charged: 500n })
    await first.credit({ ref: 'stays', account: call.account, amount: 1000n, kind: 'topup' })
    await first.close()
    clock.now += 60_000
    const second = await reopen()
    expect(await second.balance(call.account)).toMatchObject({ available: 1000n, spent: 500n })
    expect(await second.audit(call.account)).toMatchObject({ ok: true })
    await second.close()
  })

  test('serves a file once, by whatever link it is reached', async () => {
    const driver = await create({ now: Date.now })
    const link = join(folder, 'linked.db')
    symlinkSync(file, link)
    const other = createSqliteCreditDriver({ file: link, logger: console })
    await expect(other.init()).rejects.toThrow('another process serves the credits')
    await driver.close()
    await other.init()
    await other.close()
  })

  describeCreditDriver({ test, create })
  describeCreditModel({ test, fc, create, restarts: true, kill })
  describeCreditInterleavings({ test, create })
})
