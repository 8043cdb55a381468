import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { grant, hold } from '../../../../../test/credits/calls.ts'
import { createMysqlBench, type MysqlBench } from '../../../../../test/mysql/credit-bench.ts'
import { beginTransaction, untilBlocked } from '../../../../../test/mysql/until-blocked.ts'
import { describeWithService, mysqlUrl } from '../../../../../test/services.ts'
import { collect } from '../../store/collect.ts'
import { createCallId } from '../call-id.ts'

await describeWithService('a step in MySQL or MariaDB', mysqlUrl(), () => {
  let bench: MysqlBench
  beforeAll(async () => {
    bench = await createMysqlBench()
  })
  afterAll(() => bench.remove())

  test('that cannot be done has changed nothing, and lets go of its account', async () => {
    const driver = await bench.start()
    const account = crypto.randomUUID()
    await grant(driver, account)
    const id = createCallId()
    await hold(driver, account, { id })
    await bench.database.run(`UPDATE tollgate_accounts SET held = 0 WHERE id = '${account}'`)
    const settled = driver.settle({ id, account, modelCost: 40n, fee: 0n, meta: {} })
    await expect(settled).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await driver.balance(account)).toMatchObject({ available: 999_900n, held: 0n, spent: 0n, seq: 1 })
    await bench.database.run(`UPDATE tollgate_accounts SET held = 100 WHERE id = '${account}'`)
    expect(await driver.settle({ id, account, modelCost: 40n, fee: 0n, meta: {} })).toMatchObject({
      state: 'settled',
      replay: false,
      charged: 40n,
    })
    expect(await driver.audit(account)).toMatchObject({ ok: true })
  })

  test('is repeated when the server gave it up to end a deadlock', async () => {
    const driver = await bench.start()
    const account = crypto.randomUUID()
    await grant(driver, account)
    const id = createCallId()
    await hold(driver, account, { id })
    const other = await beginTransaction(bench.database.url)
    // More has changed here than in the step, so that the step is what is given up.
    const changes = Array.from({ length: 50 }, (_, seq) => ['unrelated', 1, seq, 'grant', 1])
    await other.query('INSERT INTO tollgate_grants (account, expires_at, seq, ref, remaining) VALUES ?', [
      changes,
    ])
    await other.query('SELECT 1 FROM tollgate_holds WHERE account = ? FOR UPDATE', [account])
    const settled = driver.settle({ id, account, modelCost: 40n, fee: 0n, meta: {} })
    await untilBlocked(other)
    await other.query('SELECT 1 FROM tollgate_accounts WHERE id = ? FOR UPDATE', [account])
    await other.rollback()
    await other.end()
    expect(await settled).toMatchObject({ state: 'settled', replay: false })
    expect(await driver.audit(account)).toMatchObject({ ok: true })
  })

  test('that waits for a lock too long is refused within two seconds, and can be repeated', async () => {
    const driver = await bench.start()
    const account = crypto.randomUUID()
    await grant(driver, account)
    const other = await beginTransaction(bench.database.url)
    await other.query('SELECT 1 FROM tollgate_accounts WHERE id = ? FOR UPDATE', [account])
    const id = createCallId()
    const started = performance.now()
    await expect(hold(driver, account, { id })).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(performance.now() - started).toBeLessThan(2000)
    await other.end()
    expect(await hold(driver, account, { id })).toMatchObject({ ok: true })
    expect(await driver.audit(account)).toMatchObject({ ok: true })
  })

  test('tells names apart by every byte', async () => {
    const driver = await bench.start()
    const mark = crypto.randomUUID()
    const widest = '\u{1F600}'.repeat(256 - mark.length) + mark
    const names = ['a', 'A', 'a ', 'ä', 'a\u0308', 'a\u0001', '%', '\'"\\{}: \u{1F600}'].map(
      (name) => mark + name,
    )
    const accounts = [...names, widest]
    for (const [index, account] of accounts.entries()) await grant(driver, account, BigInt(index + 1))
    for (const [index, account] of accounts.entries()) {
      expect((await driver.balance(account)).available).toBe(BigInt(index + 1))
    }
    const known = await collect(driver.accounts())
    expect(known).toEqual(
      [...known].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))),
    )
    expect(known).toEqual(expect.arrayContaining(accounts))
    await grant(driver, mark)
    for (const id of accounts) {
      const limits = [{ id: 'first' }, { id, concurrency: 1 }]
      const held = await driver.hold({ id, account: mark, amount: 1n, ttlMs: 60_000, limits })
      expect(held).toMatchObject({ ok: true, replay: false })
    }
    for (const id of accounts) {
      const settled = await driver.settle({ id, account: mark, modelCost: 1n, fee: 0n, meta: { name: id } })
      expect(settled).toMatchObject({ state: 'settled', replay: false })
    }
    const rows = (await collect(driver.ledger(mark))).slice(1)
    expect(rows.map(({ ref, otherLimits, meta }) => [ref, otherLimits, meta])).toEqual(
      accounts.map((id) => [id, [id], { name: id }]),
    )
  })

  test('is not reached by text that its columns cannot keep', async () => {
    const driver = await bench.start()
    const account = crypto.randomUUID()
    for (const id of ['a\ud800', 'a'.repeat(1025)]) {
      const refused = { code: 'invalid_request', param: 'id' }
      await expect(hold(driver, account, { id })).rejects.toMatchObject(refused)
    }
  })

  test('goes by the same clock whatever the time zone of its session is', async () => {
    const driver = await bench.start()
    const account = crypto.randomUUID()
    await grant(driver, account)
    const before = Date.now()
    const far = await createConnection(bench.database.url)
    await far.query("SET SESSION time_zone = '-11:00'")
    await far.query('CALL tollgate_expire(?, NULL, 1)', [account])
    await far.query("CALL tollgate_credit(?, NULL, 'far', 'topup', 1, NULL, NULL)", [account])
    await far.end()
    const [, row] = await collect(driver.ledger(account))
    expect(Math.abs((row?.at ?? 0) - before)).toBeLessThan(5000)
  })

  test('takes the time when it has its account, not when it began to wait', async () => {
    const driver = await bench.start()
    const account = crypto.randomUUID()
    await grant(driver, account)
    const other = await beginTransaction(bench.database.url)
    await other.query('SELECT 1 FROM tollgate_accounts WHERE id = ? FOR UPDATE', [account])
    const waiting = driver.credit({ account, ref: 'second', amount: 1n, kind: 'topup' })
    await untilBlocked(other)
    const [answer] = await other.query('SELECT SLEEP(0.2), UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS moment')
    const [clock] = answer as { moment: string }[]
    await other.commit()
    await other.end()
    await waiting
    const [, row] = await collect(driver.ledger(account))
    expect(row?.at).toBeGreaterThanOrEqual(Number(clock?.moment))
  })
})
