import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createOwnPostgres } from '../../../../../test/stores/own-postgres.ts'
import type { OwnServer } from '../../../../../test/stores/own-server.ts'
import { describeOwnStore } from '../../../../../test/stores/own-stores.ts'
import { openPostgres } from '../../store/postgres/open-postgres.ts'
import type { PostgresServer } from '../../store/postgres/postgres-server.ts'
import { createCallId } from '../call-id.ts'
import type { CreditDriver } from '../driver.ts'
import { createPostgresCreditDriver } from '../postgres-driver.ts'

const unavailable = { status: 'rejected', reason: { code: 'store_unavailable', status: 503 } }

describeOwnStore('postgres', 'a Postgres server that fails', () => {
  let cluster: OwnServer
  let server: PostgresServer
  let administrator: PostgresServer
  let driver: CreditDriver
  const warnings: string[] = []
  const warn = (_: object, message: string) => warnings.push(message)
  const account = 'acme'
  const ids = Array.from({ length: 20 }, () => createCallId())
  const hold = (id: string) => driver.hold({ id, account, amount: 100n, ttlMs: 60_000 })

  beforeAll(async () => {
    cluster = await createOwnPostgres(['-c', 'fsync=off'])
    await cluster.start()
    server = openPostgres({ connection: cluster.url })
    administrator = openPostgres({ connection: cluster.url })
    driver = createPostgresCreditDriver({ server, logger: { ...console, warn } })
    await driver.init()
    await driver.credit({ account, ref: 'grant', amount: 1_000_000n, kind: 'topup' })
  }, 60_000)
  afterEach(() => cluster.resume())
  afterAll(async () => {
    await Promise.all([server.close(), administrator.close()])
    await cluster.remove()
  })

  test('and does not sync to the disk is said to keep nothing, loudly', () => {
    expect(driver.durability).toBe('none')
    expect(warnings).toEqual([expect.stringContaining('fsync = off')])
  })

  test('by standing still rejects within two seconds, and is used again when it moves', async () => {
    await hold(createCallId())
    const other = openPostgres({ connection: cluster.url })
    await other.query({ text: 'SELECT 1' })
    cluster.pause()
    const started = performance.now()
    const first = hold(ids[0] as string)
    // The others find the first under way, and wait behind it.
    await Promise.resolve()
    const frozen = await Promise.allSettled([
      first,
      ...ids.slice(1).map(hold),
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
    cluster.resume()
    await vi.waitFor(async () => expect((await hold(ids[0] as string)).ok).toBe(true), 5000)
    const results = await Promise.all(ids.map(hold))
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect((await driver.balance(account)).held).toBe(2100n)
    expect(await driver.audit(account)).toMatchObject({ ok: true })
  })

  test('by losing connections rejects, and a repeat gets the first outcome', async () => {
    const lost = Array.from({ length: 20 }, () => createCallId())
    const heldBefore = (await driver.balance(account)).held
    // A lock keeps the batch in the middle of its work.
    const outcomes = await administrator.transaction(async (query) => {
      await query({ text: 'SELECT 1 FROM tollgate_accounts WHERE id = $1 FOR UPDATE', values: [account] })
      const waiting = Promise.allSettled(lost.map(hold))
      await vi.waitFor(async () => {
        const cut = await query({
          text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()`,
        })
        expect(cut).toHaveLength(1)
      })
      return await waiting
    }, 5000)
    expect(outcomes).toMatchObject(outcomes.map(() => unavailable))
    await Promise.all(lost.map(hold))
    const repeated = await Promise.all(lost.map(hold))
    expect(repeated.map((result) => result.ok && result.replay)).toEqual(lost.map(() => true))
    expect((await driver.balance(account)).held).toBe(heldBefore + 2000n)
    expect(await driver.audit(account)).toMatchObject({ ok: true })
  })

  test('by ending idle connections is not noticed by anybody', async () => {
    await administrator.query({
      text: 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL',
    })
    await vi.waitFor(async () => expect((await driver.balance(account)).seq).toBeGreaterThan(0))
    expect((await hold(createCallId())).ok).toBe(true)
  })
})
