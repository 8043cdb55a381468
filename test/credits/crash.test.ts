import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import { createSqliteCreditDriver } from '../../packages/core/src/credits/sqlite-driver.ts'
import { collect } from '../../packages/core/src/store/collect.ts'

const newFile = () => join(mkdtempSync(join(tmpdir(), 'tollgate-crash-')), 'credits.db')

/** Runs a spender on the file and kills it while it is busy; resolves to the lines that it wrote. */
async function crash(file: string, account: string): Promise<string[]> {
  const worker = join(import.meta.dirname, 'worker.ts')
  const child = spawn(process.execPath, ['--conditions=@tollgate/source', worker, file, account], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  const ready = Promise.withResolvers<void>()
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (output.startsWith('ready')) ready.resolve()
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  await ready.promise
  await sleep(150 + Math.random() * 150)
  child.kill('SIGKILL')
  await closed
  return output.slice(0, output.lastIndexOf('\n')).split('\n').slice(1)
}

async function open(file: string, now: () => number = Date.now) {
  const driver = createSqliteCreditDriver({ file, logger: console, now })
  await driver.init()
  return driver
}

/** A file that one process after another opens, by a clock to turn. */
function openAgain() {
  const file = newFile()
  const clock = { now: Date.now() }
  return { clock, create: () => open(file, () => clock.now) }
}

describe('a process that is killed', () => {
  test('loses no acknowledged charge, doubles none, and its holds come back', async () => {
    const file = newFile()
    const acknowledged: string[] = []
    for (let round = 0; round < 3; round += 1) acknowledged.push(...(await crash(file, 'acme')))
    expect(acknowledged.length).toBeGreaterThan(100)

    const driver = await open(file)
    const rows = (await collect(driver.ledger('acme'))).filter(({ op }) => op === 'settle')
    const byId = new Map(rows.map((row) => [row.ref, row]))
    expect(byId.size).toBe(rows.length)
    for (const line of acknowledged) {
      const [id = '', charged, seq] = line.split(' ')
      expect(byId.get(id)).toMatchObject({ amount: BigInt(charged ?? 0), seq: Number(seq) })
    }
    const { available, held, spent, topups } = await driver.balance('acme')
    expect(spent).toBe(707n * BigInt(rows.length))
    expect(topups).toBe(3_000_000_000_000n)
    expect(held).toBe(0n)
    expect(available).toBe(topups - spent)
    expect(await driver.audit('acme')).toMatchObject({ ok: true, problems: [] })
    await driver.close()
  })
})

describe('a file of credits', () => {
  test('is served by one process at a time, and by the next when that one is gone', async () => {
    const file = newFile()
    const first = await open(file)
    await expect(open(file)).rejects.toThrow(/another process serves the credits/)
    await first.close()
    const second = await open(file)
    await second.close()
  })

  test('keeps balance, ledger, outcomes and limits across a restart', async () => {
    const file = newFile()
    const limits = [
      { id: 'account', concurrency: 100 },
      { id: 'key', spend: { lifetime: 120n, day: 500n } },
    ]
    const id = createCallId()
    const before = await open(file)
    await before.credit({
      account: 'acme',
      ref: 'invoice',
      amount: 1000n,
      kind: 'topup',
      meta: { note: 'ü' },
    })
    await before.hold({ id, account: 'acme', amount: 100n, ttlMs: 60_000, limits })
    const settlement = { id, account: 'acme', modelCost: 40n, fee: 1n, meta: { model: 'gpt-4o' } }
    const settled = await before.settle(settlement)
    const rows = await collect(before.ledger('acme'))
    await before.close()

    const after = await open(file)
    expect(await after.balance('acme')).toMatchObject({ available: 959n, spent: 41n, seq: 2 })
    expect(await collect(after.ledger('acme'))).toEqual(rows)
    expect(await after.settle(settlement)).toEqual({ ...settled, replay: true })
    const credit = { account: 'acme', ref: 'invoice', amount: 1000n, kind: 'topup' } as const
    expect(await after.credit(credit)).toMatchObject({ replay: true, available: 1000n })
    const more = { account: 'acme', ttlMs: 60_000, limits }
    expect(await after.hold({ ...more, id: createCallId(), amount: 80n })).toMatchObject({
      ok: false,
      reason: 'spend_limit',
      limit: { id: 'key', window: 'lifetime' },
    })
    expect(await after.hold({ ...more, id: createCallId(), amount: 79n })).toMatchObject({ ok: true })
    await after.close()
  })

  test('gives back what calls held whose process is gone, at once and with their places, however long they took', async () => {
    const { clock, create } = openAgain()
    const limits = [{ id: 'key', concurrency: 1, spend: { day: 150n } }]
    const hold = { account: 'acme', amount: 100n, ttlMs: 900_000, limits }
    const before = await create()
    await before.credit({ account: 'acme', ref: 'invoice', amount: 1000n, kind: 'topup' })
    const id = createCallId(clock.now)
    await before.hold({ ...hold, id })
    clock.now += 2000
    await before.extend(id, 'acme', { toAmount: 120n, ttlMs: 900_000 })
    clock.now += 2000
    // Whatever is written is, by then.
    await before.credit({ account: 'acme', ref: 'second', amount: 1000n, kind: 'topup' })
    await before.close()

    const after = await create()
    expect(await after.balance('acme')).toMatchObject({ available: 2000n, held: 0n })
    expect(await after.hold({ ...hold, id: createCallId(clock.now) })).toMatchObject({ ok: true })
    expect(await after.audit('acme')).toMatchObject({ ok: true })
    await after.close()
  })

  test('keeps a hold that was handed over, and gives it back when it expires', async () => {
    const { clock, create } = openAgain()
    const before = await create()
    await before.credit({ account: 'acme', ref: 'invoice', amount: 1000n, kind: 'topup' })
    const id = createCallId(clock.now)
    await before.hold({ id, account: 'acme', amount: 100n, ttlMs: 60_000 })
    await before.handOver?.(id, 'acme')
    await before.close()

    const after = await create()
    expect(await after.balance('acme')).toMatchObject({ available: 900n, held: 100n })
    clock.now += 60_000
    expect(await after.expire(10)).toBe(1)
    expect(await after.balance('acme')).toMatchObject({ available: 1000n, held: 0n })
    expect(await after.audit('acme')).toMatchObject({ ok: true })
    await after.close()
  })

  test('a hold that was the first of its windows is counted in them again, and gives back no more than it took', async () => {
    const { clock, create } = openAgain()
    const limits = [{ id: 'key' }, { id: 'account', spend: { day: 150n, week: 500n } }]
    const hold = { account: 'acme', amount: 100n, ttlMs: 60_000, limits }
    const id = createCallId(clock.now)
    const before = await create()
    await before.credit({ account: 'acme', ref: 'invoice', amount: 1000n, kind: 'topup' })
    await before.hold({ ...hold, id })
    await before.handOver?.(id, 'acme')
    await before.close()

    const after = await create()
    const refused = { ok: false, reason: 'spend_held', limit: { id: 'account', window: 'day' } }
    expect(await after.hold({ ...hold, id: createCallId(clock.now) })).toMatchObject(refused)
    expect(await after.hold({ ...hold, id: createCallId(clock.now), amount: 50n })).toMatchObject({
      ok: true,
    })
    await after.release(id, 'acme')
    expect(await after.hold({ ...hold, id: createCallId(clock.now), amount: 101n })).toMatchObject(refused)
    expect(await after.hold({ ...hold, id: createCallId(clock.now) })).toMatchObject({ ok: true })
    expect(await after.audit('acme')).toMatchObject({ ok: true })
    await after.close()
  })

  test('is refused when another version has written it', async () => {
    const { DatabaseSync } = await import('node:sqlite')
    const file = newFile()
    await (await open(file)).close()
    const database = new DatabaseSync(file)
    database.exec('PRAGMA user_version = 2')
    database.close()
    await expect(open(file)).rejects.toThrow('The credits in this file are of version 2, not 3.')
  })

  test('an audit finds a row that somebody changed', async () => {
    const { DatabaseSync } = await import('node:sqlite')
    const file = newFile()
    const before = await open(file)
    for (const ref of ['a', 'b', 'c'])
      await before.credit({ account: 'acme', ref, amount: 100n, kind: 'topup' })
    await before.close()
    const database = new DatabaseSync(file)
    database.exec("UPDATE credit_ledger SET amount = 90 WHERE ref = 'b'")
    database.close()
    const after = await open(file)
    expect(await after.audit('acme')).toMatchObject({ ok: false, firstBadSeq: 2, entries: 3 })
    await after.close()
  })
})
