import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { createRedisCreditDriver } from '../../packages/core/src/credits/redis-driver.ts'
import { collect } from '../../packages/core/src/store/collect.ts'
import { openRedis } from '../../packages/core/src/store/redis/open-redis.ts'
import type { RedisConnection } from '../../packages/core/src/store/redis/redis-connection.ts'
import { createOwnRedis } from '../stores/own-redis.ts'
import type { OwnServer } from '../stores/own-server.ts'
import { describeOwnStore } from '../stores/own-stores.ts'

const logger = { info() {}, warn() {}, error() {} }

let server: OwnServer
let connection: RedisConnection
let account = ''

async function open(now?: () => number): Promise<CreditDriver> {
  const driver = createRedisCreditDriver({ connection, logger, ...(now && { now }) })
  await driver.init()
  return driver
}

async function openWithCredits(now?: () => number): Promise<CreditDriver> {
  const driver = await open(now)
  await driver.credit({ account, ref: 'grant', amount: 1000n, kind: 'topup' })
  return driver
}

const command = (...words: readonly string[]) => connection.command('', words)

describeOwnStore('redis', 'credits in a Redis of their own', () => {
  beforeAll(async () => {
    server = await createOwnRedis()
    await server.start()
  })
  afterAll(() => server.remove())
  beforeEach(() => {
    connection = openRedis({ url: server.url })
    account = `account-${crypto.randomUUID()}`
  })
  afterEach(() => {
    vi.useRealTimers()
    connection.close()
  })

  test('go by the clock of the server, whatever that of the process says', async () => {
    const driver = await openWithCredits()
    const before = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: before - 10 * 3_600_000 })
    const ttlMs = 2000
    const held = await driver.hold({ id: createCallId(), account, amount: 100n, ttlMs })
    expect(held.ok && held.expiresAt).toBeGreaterThanOrEqual(before + ttlMs)
    expect(held.ok && held.expiresAt).toBeLessThan(before + 60_000)
    vi.setSystemTime(before + 10 * 3_600_000)
    expect(await driver.expire(10)).toBe(0)
    await driver.hold({ id: createCallId(), account, amount: 100n, ttlMs })
    await sleep(ttlMs + 50)
    expect(await driver.expire(10)).toBe(2)
  })

  test('come through a server that has forgotten its scripts', async () => {
    const driver = await openWithCredits()
    const id = createCallId()
    await driver.hold({ id, account, amount: 100n, ttlMs: 60_000 })
    await command('SCRIPT', 'FLUSH')
    const settled = await driver.settle({ id, account, modelCost: 30n, fee: 0n, meta: {} })
    expect(settled).toMatchObject({ state: 'settled', replay: false, charged: 30n })
  })

  test('a server that comes back empty knows no holds and has no money', async () => {
    const driver = await openWithCredits()
    const id = createCallId()
    await driver.hold({ id, account, amount: 100n, ttlMs: 60_000 })
    await command('FLUSHALL')
    expect(await driver.settle({ id, account, modelCost: 30n, fee: 0n, meta: {} })).toEqual({
      state: 'unknown',
    })
    expect(await driver.extend(id, account, { toAmount: 200n })).toMatchObject({ reason: 'not_pending' })
    expect(await driver.balance(account)).toMatchObject({ available: 0n, held: 0n, seq: 0 })
    await driver.credit({ account, ref: 'grant', amount: 50n, kind: 'topup' })
    expect(await collect(driver.accounts())).toEqual([account])
    await driver.hold({ id: createCallId(), account, amount: 50n, ttlMs: 30 })
    await sleep(60)
    expect(await driver.expire(10)).toBe(1)
  })

  test('an outcome is kept for at least a period, and forgotten after two', async () => {
    const driver = await openWithCredits()
    const [first, second, third] = [createCallId(), createCallId(), createCallId()]
    const finish = async (id: string) => {
      await driver.hold({ id, account, amount: 10n, ttlMs: 60_000 })
      await driver.release(id, account)
    }
    const field = `tollgate:credits:{${account}}:account`
    const goBack = async (periods: number) => {
      const period = (await command('HGET', field, 'period')) as string
      await command('HSET', field, 'period', String(Number(period) - periods))
    }
    await finish(first)
    await goBack(1)
    await finish(second)
    expect(await driver.release(first, account)).toMatchObject({ state: 'released', replay: true })
    await goBack(1)
    await finish(third)
    expect(await driver.release(first, account)).toEqual({ state: 'unknown' })
    expect(await driver.release(second, account)).toMatchObject({ state: 'released', replay: true })
    await goBack(2)
    await finish(createCallId())
    expect(await driver.release(third, account)).toEqual({ state: 'unknown' })
    expect(await driver.audit(account)).toMatchObject({ ok: true })
  })

  test('a hold is given back by any process, also one taken after others have looked', async () => {
    const clock = { now: Date.now() }
    const [taker, sweeper] = [await openWithCredits(() => clock.now), await open(() => clock.now)]
    const take = (ttlMs: number) => taker.hold({ id: createCallId(clock.now), account, amount: 10n, ttlMs })
    await take(1000)
    await take(500)
    clock.now += 501
    expect(await sweeper.expire(10)).toBe(1)
    clock.now += 500
    expect(await sweeper.expire(10)).toBe(1)
    expect(await sweeper.expire(10)).toBe(0)
    expect(await command('ZSCORE', 'tollgate:{credits}:due', account)).toBeNull()
    await take(1000)
    clock.now += 1001
    expect(await Promise.all([sweeper.expire(10), taker.expire(10)])).toSatisfy(
      ([left, right]: readonly number[]) => (left ?? 0) + (right ?? 0) === 1,
    )
    expect(await taker.audit(account)).toMatchObject({ ok: true })
  })

  test('an account is what its name says: braces, spaces and anything else', async () => {
    const driver = await open()
    const names = ['a', 'a b', '{a}', '{a}b', '}{', 'a:ledger', 'ü😀', '%7Ba%7D', '\'"\\\n', 'x'.repeat(256)]
    const own = names.map((name) => `${name}${account}`)
    for (const [index, name] of own.entries()) {
      const grant = { account: name, ref: 'the "ref" {1}', amount: BigInt(index + 1), kind: 'topup' } as const
      await driver.credit(grant)
      const limits = [{ id: `key {${index}} ü`, concurrency: 1 }]
      await driver.hold({ id: 'one id: for all}', account: name, amount: 1n, ttlMs: 60_000, limits })
    }
    for (const [index, name] of own.entries()) {
      expect(await driver.balance(name)).toMatchObject({ available: BigInt(index), held: 1n })
      const settled = await driver.settle({
        id: 'one id: for all}',
        account: name,
        modelCost: 1n,
        fee: 0n,
        meta: {},
      })
      expect(settled).toMatchObject({ state: 'settled', charged: 1n })
      const rows = await collect(driver.ledger(name))
      expect(rows.map(({ ref, key }) => [ref, key])).toEqual([
        ['the "ref" {1}', undefined],
        ['one id: for all}', `key {${index}} ü`],
      ])
      expect(await driver.audit(name)).toMatchObject({ ok: true, problems: [] })
    }
    expect(await collect(driver.accounts())).toEqual(expect.arrayContaining([...own].sort()))
  })

  test('amounts are exact up to the last one, in limits and shortfalls too', async () => {
    const most = 2n ** 53n - 1n
    const driver = await open()
    await driver.credit({ account, ref: 'grant', amount: most, kind: 'topup' })
    const limits = [{ id: 'key', spend: { lifetime: most } }]
    const [first, second] = [createCallId(), createCallId()]
    await driver.hold({ id: first, account, amount: most - 1n, ttlMs: 60_000, limits })
    expect(await driver.hold({ id: second, account, amount: 1n, ttlMs: 60_000, limits })).toMatchObject({
      ok: true,
      available: 0n,
    })
    const settlement = { account, modelCost: most, fee: most, meta: {} }
    const settled = { state: 'settled', charged: most - 1n, shortfall: most + 1n, seq: 2 }
    expect(await driver.settle({ ...settlement, id: first })).toEqual({ ...settled, replay: false })
    expect(await driver.settle({ ...settlement, id: first })).toEqual({ ...settled, replay: true })
    await driver.settle({ ...settlement, id: second, modelCost: 0n, fee: 1n })
    const [, row] = await collect(driver.ledger(account))
    expect(row).toMatchObject({ amount: most - 1n, modelCost: most, fee: most, shortfall: most + 1n })
    expect(await driver.balance(account)).toMatchObject({ available: 0n, spent: most, topups: most })
    expect(await driver.audit(account)).toMatchObject({ ok: true, problems: [] })
  })

  test('a row that was changed is found by the audit', async () => {
    const driver = await openWithCredits()
    const ledger = `tollgate:credits:{${account}}:ledger`
    const [[, fields]] = (await command('XRANGE', ledger, '1-0', '1-0')) as [[string, string[]]]
    await command('DEL', ledger)
    await command('XADD', ledger, '1-0', ...fields.with(fields.indexOf('amount') + 1, '999'))
    expect(await driver.audit(account)).toMatchObject({ ok: false, firstBadSeq: 1 })
  })
})
