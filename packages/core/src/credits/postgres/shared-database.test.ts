import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/postgres/databases.ts'
import { describeWithService, postgresUrl } from '../../../../../test/services.ts'
import { openPostgres } from '../../store/postgres/open-postgres.ts'
import type { PostgresServer } from '../../store/postgres/postgres-server.ts'
import { createCallId } from '../call-id.ts'
import { readRows } from '../conformance/bench.ts'
import type { CreditDriver } from '../driver.ts'
import { createPostgresCreditDriver } from '../postgres-driver.ts'

await describeWithService('processes that share a Postgres database', postgresUrl(), () => {
  let database: TestDatabase
  const servers: PostgresServer[] = []
  const start = async (url = database.url): Promise<CreditDriver> => {
    const server = openPostgres({ connection: url })
    servers.push(server)
    const driver = createPostgresCreditDriver({ server, logger: console })
    await driver.init()
    return driver
  }
  const grant = (driver: CreditDriver, account: string, amount = 1_000_000n) =>
    driver.credit({ account, ref: 'grant', amount, kind: 'topup' })
  const hold = (driver: CreditDriver, account: string, terms: { id?: string; ttlMs?: number } = {}) =>
    driver.hold({ id: createCallId(), account, amount: 100n, ttlMs: 60_000, ...terms })

  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()))
    await database.drop()
  })

  test('make their tables once, however many start at the same time', async () => {
    const empty = await createTestDatabase()
    const drivers = await Promise.all(Array.from({ length: 6 }, () => start(empty.url)))
    await Promise.all(drivers.map((driver) => grant(driver, 'new')))
    const [first] = drivers
    expect((await first?.balance('new'))?.available).toBe(1_000_000n)
    await Promise.all(servers.splice(-6).map((server) => server.close()))
    await empty.drop()
  })

  test('refuse tables of another version', async () => {
    const other = await createTestDatabase()
    await start(other.url)
    await other.run('UPDATE tollgate_credits SET version = 999')
    await expect(start(other.url)).rejects.toThrow(/version 999/)
    await Promise.all(servers.splice(-2).map((server) => server.close()))
    await other.drop()
  })

  test('take a hold once when they ask with one id at the same time', async () => {
    const [left, right] = await Promise.all([start(), start()])
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
    const [left, right] = await Promise.all([start(), start()])
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
    const drivers = await Promise.all([start(), start()])
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
    const [dead, left, right] = await Promise.all([start(), start(), start()])
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
    const driver = await start()
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

  test('fail a step that cannot be done, and none of its neighbours', async () => {
    const driver = await start()
    const [broken, sound] = [crypto.randomUUID(), crypto.randomUUID()]
    await Promise.all([grant(driver, broken), grant(driver, sound)])
    const poisoned = createCallId()
    const ids = Array.from({ length: 10 }, () => createCallId())
    await Promise.all([
      hold(driver, broken, { id: poisoned }),
      ...ids.map((id) => hold(driver, sound, { id })),
    ])
    await database.run(`UPDATE tollgate_accounts SET held = 0 WHERE id = '${broken}'`)
    const settle = (account: string, id: string) =>
      driver.settle({ id, account, modelCost: 40n, fee: 0n, meta: {} })
    const outcomes = await Promise.allSettled([
      ...ids.slice(0, 5).map((id) => settle(sound, id)),
      settle(broken, poisoned),
      ...ids.slice(5).map((id) => settle(sound, id)),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array(5).fill('fulfilled'),
      'rejected',
      ...Array(5).fill('fulfilled'),
    ])
    expect(outcomes[5]).toMatchObject({ reason: { code: 'store_unavailable' } })
    expect(await driver.balance(sound)).toMatchObject({ held: 0n, spent: 400n })
    expect((await driver.audit(broken)).ok).toBe(false)
  })

  test('repeat a batch that the server gave up to end a deadlock', async () => {
    const driver = await start()
    const [first, second] = ['a', 'b'].map((letter) => `${letter}-${crypto.randomUUID()}`) as [string, string]
    await Promise.all([grant(driver, first), grant(driver, second)])
    const administrator = openPostgres({ connection: database.url })
    const lock = 'SELECT 1 FROM tollgate_accounts WHERE id = $1 FOR UPDATE'
    const held = await administrator.transaction(async (query) => {
      await query({ text: "SET LOCAL deadlock_timeout = '10s'" })
      await query({ text: lock, values: [second] })
      const holds = Promise.all([hold(driver, second), hold(driver, first)])
      await vi.waitFor(async () => {
        const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1"
        expect(await query({ text: waiting, values: [database.name] })).toHaveLength(1)
      })
      await query({ text: lock, values: [first] })
      return { holds }
    }, 5000)
    expect((await held.holds).map(({ ok }) => ok)).toEqual([true, true])
    await administrator.close()
  })

  test('refuse text that Postgres cannot keep, before it reaches a batch', async () => {
    const driver = await start()
    const account = crypto.randomUUID()
    await grant(driver, account)
    for (const id of ['a\0b', 'a\ud800']) {
      await expect(hold(driver, account, { id })).rejects.toMatchObject({
        code: 'invalid_request',
        param: 'id',
      })
    }
    expect((await hold(driver, account, { id: `'"\\{}:\u{1F600} ü` })).ok).toBe(true)
  })

  test('wait for the disk although the database says otherwise', async () => {
    const hasty = await createTestDatabase()
    await hasty.run(`ALTER DATABASE ${hasty.name} SET synchronous_commit = off`)
    const driver = await start(hasty.url)
    expect(driver.durability).toBe('sync')
    const server = servers.at(-1)
    expect(await server?.query({ text: 'SHOW synchronous_commit' })).toEqual([{ synchronous_commit: 'on' }])
    await servers.pop()?.close()
    await hasty.drop()
  })
})
