import { type Connection, createConnection } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { untilBlocked } from '../../../../../test/mysql/until-blocked.ts'
import { createOwnMariadb } from '../../../../../test/stores/own-mariadb.ts'
import type { OwnServer } from '../../../../../test/stores/own-server.ts'
import { describeOwnStore } from '../../../../../test/stores/own-stores.ts'
import type { MysqlServer } from '../../store/mysql/mysql-server.ts'
import { openMysql } from '../../store/mysql/open-mysql.ts'
import { createCallId } from '../call-id.ts'
import type { CreditDriver } from '../driver.ts'
import { createMysqlCreditDriver } from '../mysql-driver.ts'

const unavailable = { status: 'rejected', reason: { code: 'store_unavailable', status: 503 } }

describeOwnStore('mariadb', 'a MariaDB server that fails', () => {
  let own: OwnServer
  let server: MysqlServer
  let administrator: Connection
  let driver: CreditDriver
  const warnings: string[] = []
  const warn = (_: object, message: string) => warnings.push(message)
  const account = 'acme'
  const ids = Array.from({ length: 20 }, () => createCallId())
  const hold = (id: string) => driver.hold({ id, account, amount: 100n, ttlMs: 60_000 })
  const killOthers = async (condition: string) => {
    const [rows] = await administrator.query(
      `SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'root' AND ${condition}`,
    )
    const found = rows as { id: number }[]
    for (const { id } of found) await administrator.query(`KILL ${id}`)
    return found.length
  }

  beforeAll(async () => {
    own = await createOwnMariadb(['--log-bin=own', '--sync-binlog=0'])
    await own.start()
    server = openMysql({ connection: own.url })
    driver = createMysqlCreditDriver({ server, logger: { ...console, warn } })
    await vi.waitFor(() => driver.init(), 5000)
    administrator = await createConnection(own.url)
    await driver.credit({ account, ref: 'grant', amount: 1_000_000n, kind: 'topup' })
  }, 60_000)
  afterEach(() => own.resume())
  afterAll(async () => {
    administrator.destroy()
    await server.close()
    await own.remove()
  })

  test('because it does not sync every commit is said to lose a window, loudly', async () => {
    expect(driver.durability).toBe('window')
    expect(warnings).toEqual([expect.stringContaining('sync_binlog = 0')])
    await administrator.query('SET GLOBAL sync_binlog = 1')
    await driver.init()
    expect([driver.durability, warnings.length]).toEqual(['sync', 1])
    await administrator.query('SET GLOBAL innodb_flush_log_at_trx_commit = 2')
    await driver.init()
    expect([driver.durability, warnings.at(-1)]).toEqual([
      'window',
      expect.stringContaining('innodb_flush_log_at_trx_commit = 2'),
    ])
  })

  test('by standing still rejects within two seconds, and is used again when it moves', async () => {
    await hold(createCallId())
    const other = openMysql({ connection: own.url })
    await other.query({ text: 'SELECT 1' })
    own.pause()
    const started = performance.now()
    const frozen = await Promise.allSettled([
      ...ids.map(hold),
      driver.balance(account),
      driver.credit({ account, ref: 'late', amount: 1n, kind: 'topup' }),
      driver.expire(10),
      driver.audit(account),
    ])
    expect(frozen).toMatchObject(frozen.map(() => unavailable))
    expect(performance.now() - started).toBeLessThan(2000)
    const again = await Promise.allSettled([hold(ids[0] as string)])
    expect(performance.now() - started).toBeLessThan(4000)
    expect(again).toMatchObject([unavailable])
    const closing = performance.now()
    await other.close()
    expect(performance.now() - closing).toBeLessThan(2000)
    own.resume()
    await vi.waitFor(async () => expect((await hold(ids[0] as string)).ok).toBe(true), 5000)
    const results = await Promise.all(ids.map(hold))
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect((await driver.balance(account)).held).toBe(2100n)
    expect(await driver.audit(account)).toMatchObject({ ok: true })
  })

  test('by losing connections rejects, and a repeat gets the first outcome', async () => {
    const lost = Array.from({ length: 8 }, () => createCallId())
    const heldBefore = (await driver.balance(account)).held
    // A lock keeps the steps in the middle of their work.
    await administrator.beginTransaction()
    await administrator.query('SELECT 1 FROM tollgate_accounts WHERE id = ? FOR UPDATE', [account])
    const waiting = Promise.allSettled(lost.map(hold))
    await vi.waitFor(async () => expect(await killOthers("info LIKE '%FOR UPDATE%'")).toBeGreaterThan(0))
    await vi.waitFor(async () => expect(await killOthers("info LIKE '%FOR UPDATE%'")).toBe(0))
    await administrator.rollback()
    const rejected = (await waiting).filter(({ status }) => status === 'rejected')
    expect(rejected.length).toBeGreaterThan(0)
    expect(rejected).toMatchObject(rejected.map(() => unavailable))
    await Promise.all(lost.map(hold))
    const repeated = await Promise.all(lost.map(hold))
    expect(repeated.map((result) => result.ok && result.replay)).toEqual(lost.map(() => true))
    expect((await driver.balance(account)).held).toBe(heldBefore + 800n)
    expect(await driver.audit(account)).toMatchObject({ ok: true })
  })

  test('by cancelling a step leaves no transaction open behind it', async () => {
    const id = createCallId()
    await administrator.beginTransaction()
    await administrator.query('SELECT 1 FROM tollgate_holds FOR UPDATE')
    const cancelled = Promise.allSettled([driver.release(ids[0] as string, account)])
    await administrator.query(`KILL QUERY ${await untilBlocked(administrator)}`)
    expect(await cancelled).toMatchObject([unavailable])
    await administrator.rollback()
    expect((await hold(id)).ok).toBe(true)
  })

  test('by ending idle connections is not noticed by anybody', async () => {
    await killOthers("command = 'Sleep'")
    await vi.waitFor(async () => expect((await driver.balance(account)).seq).toBeGreaterThan(0))
    expect((await hold(createCallId())).ok).toBe(true)
  })

  test('by dying rejects, and is used again when it is back', async () => {
    const id = createCallId()
    await own.kill()
    const started = performance.now()
    expect(await Promise.allSettled([hold(id), driver.balance(account)])).toMatchObject([
      unavailable,
      unavailable,
    ])
    expect(performance.now() - started).toBeLessThan(2000)
    await own.start()
    await vi.waitFor(async () => expect((await hold(id)).ok).toBe(true), 10_000)
    expect(await driver.audit(account)).toMatchObject({ ok: true })
  }, 30_000)
})
