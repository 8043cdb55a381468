import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { createRedisCreditDriver } from '../../packages/core/src/credits/redis-driver.ts'
import { createSpool } from '../../packages/core/src/credits/spool/spool.ts'
import { createSpooledDriver } from '../../packages/core/src/credits/spooled-driver.ts'
import { collect } from '../../packages/core/src/store/collect.ts'
import { openRedis } from '../../packages/core/src/store/redis/open-redis.ts'
import type { RedisConnection } from '../../packages/core/src/store/redis/redis-connection.ts'
import { createOwnRedis } from '../stores/own-redis.ts'
import type { OwnServer } from '../stores/own-server.ts'
import { describeOwnStore } from '../stores/own-stores.ts'

const logger = { info() {}, warn() {}, error() {} }

let server: OwnServer
let connection: RedisConnection
let driver: CreditDriver
let account = ''
const clock = { now: Date.now() }

const command = (...words: readonly string[]) => connection.command('', words)
const keyOf = (part: string) => `tollgate:credits:{${account}}:${part}`
const archiveRows = () => command('XTRIM', keyOf('ledger'), 'MAXLEN', '0')
const settle = (id: string) => driver.settle({ id, account, modelCost: 30n, fee: 10n, meta: {} })
const rows = () => collect(driver.ledger(account))
async function take(id = createCallId(clock.now)): Promise<string> {
  await driver.hold({ id, account, amount: 100n, ttlMs: 1000, limits: [{ id: 'key' }, { id: 'account' }] })
  return id
}
const gift = (ref: string, amount: bigint) =>
  driver.credit({ account, ref, amount, kind: 'promotion', expiresAt: clock.now + 5000 })

/** So many periods pass, by what the account says of its own. */
async function pass(field: 'period' | 'expired_period', periods: number) {
  const period = Number(await command('HGET', keyOf('account'), field))
  await command('HSET', keyOf('account'), field, String(period - periods))
}

/** What is kept of outcomes for a day and a half is forgotten. */
async function forgetFinished() {
  await pass('period', 2)
  await driver.release(await take(), account)
}

async function expireOne(id?: string): Promise<string> {
  const taken = await take(id)
  clock.now += 1001
  await driver.expire(1000)
  return taken
}

describeOwnStore('redis', 'credits in Redis without their older rows and outcomes', () => {
  beforeAll(async () => {
    server = await createOwnRedis()
    await server.start()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    connection = openRedis({ url: server.url })
    account = `account-${crypto.randomUUID()}`
    driver = createRedisCreditDriver({ connection, logger, now: () => clock.now })
    await driver.init()
    await driver.credit({ account, ref: 'grant', amount: 1000n, kind: 'topup' })
  })
  afterEach(() => connection.close())

  test('grants end under their own references when their rows are archived', async () => {
    const [ref, spent] = ['a: "reference"; 1:2:3;', 'spent first']
    await gift(spent, 40n)
    await gift(ref, 300n)
    await archiveRows()
    await settle(await take())
    clock.now += 5000
    expect(await driver.balance(account)).toMatchObject({ available: 1000n, topups: 1040n })
    const ended = (await rows()).filter(({ op }) => op === 'expire_grant')
    expect(ended.map((row) => [row.ref, row.amount])).toEqual([[ref, 300n]])
    const fields = (await command('HKEYS', keyOf('account'))) as string[]
    expect(fields.filter((field) => field.startsWith('grant:'))).toEqual([])
  })

  test('grants of before, whose references are in their rows alone, end as well', async () => {
    await gift('gift', 300n)
    await command('HDEL', keyOf('account'), 'grant:2')
    expect(await driver.audit(account)).toMatchObject({ ok: true, problems: [] })
    clock.now += 5000
    expect(await driver.balance(account)).toMatchObject({ available: 1000n })
    expect((await rows()).at(-1)).toMatchObject({ op: 'expire_grant', ref: 'gift', amount: 300n })
  })

  test('a grant whose reference is nowhere is an error that says so, until it is there again', async () => {
    await gift('gift', 300n)
    await command('HDEL', keyOf('account'), 'grant:2')
    await archiveRows()
    clock.now += 5000
    await expect(driver.balance(account)).rejects.toMatchObject({
      code: 'store_unavailable',
      cause: { message: expect.stringContaining('row 2 of the ledger is missing') },
    })
    await command('HSET', keyOf('account'), 'grant:2', 'gift')
    expect(await driver.balance(account)).toMatchObject({ available: 1000n, seq: 3 })
  })

  test('a credit is made once although its row is archived, and one of before by its row', async () => {
    const debit = { account, ref: 'debit', amount: 5000n, kind: 'withdraw' } as const
    await gift('gift', 300n)
    const first = await driver.credit(debit)
    await command('HSET', keyOf('references'), 'grant', '1')
    const again = { account, ref: 'grant', amount: 1000n, kind: 'topup' } as const
    expect(await driver.credit(again)).toEqual({ replay: true, available: 1000n, seq: 1, shortfall: 0n })
    await archiveRows()
    expect(await driver.credit(debit)).toEqual({ ...first, replay: true, shortfall: 3700n })
    expect(await gift('gift', 300n)).toEqual({ replay: true, available: 1300n, seq: 2, shortfall: 0n })
    await expect(driver.credit({ ...debit, amount: 5001n })).rejects.toMatchObject({
      code: 'idempotency_conflict',
    })
    await expect(driver.credit(again)).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  test('a call is charged once long after its hold expired, whatever else was forgotten', async () => {
    const [id, given] = [await expireOne(), await expireOne()]
    await forgetFinished()
    await archiveRows()
    expect(await driver.release(given, account)).toMatchObject({ state: 'released', replay: true })
    const charged = { state: 'settled_late', charged: 40n, shortfall: 0n }
    const late = await settle(id)
    expect(late).toMatchObject({ ...charged, replay: false })
    await forgetFinished()
    await archiveRows()
    expect(await settle(id)).toEqual({ ...late, replay: true })
    expect(await driver.balance(account)).toMatchObject({ available: 960n, held: 0n, spent: 40n })
  })

  test('what expired is kept for at least a period, and forgotten after two; what was charged not before', async () => {
    const [first, second] = [await expireOne(), await expireOne()]
    await forgetFinished()
    await pass('expired_period', 1)
    expect(await settle(first)).toMatchObject({ state: 'settled_late', replay: false })
    await forgetFinished()
    await pass('expired_period', 1)
    await expireOne()
    await forgetFinished()
    expect(await settle(second)).toEqual({ state: 'unknown' })
    expect(await settle(first)).toMatchObject({ state: 'settled_late', replay: true })
    await pass('expired_period', 2)
    await expireOne()
    expect(await settle(first)).toEqual({ state: 'unknown' })
    expect(await driver.balance(account)).toMatchObject({ spent: 40n })
    expect(await driver.audit(account)).toMatchObject({ ok: true, problems: [] })
    const days = Number(await command('PTTL', keyOf('expired'))) / 86_400_000
    expect(Math.ceil(days)).toBe(70)
  })

  test('a charge that a process has made and not crossed out is not lost for one that starts days later', async () => {
    const id = await take()
    expect(await settle(id)).toMatchObject({ state: 'settled' })
    const folder = mkdtempSync(join(tmpdir(), 'spool-'))
    const errors: unknown[] = []
    const open = (store: string) =>
      createSpool({ folder, store, logger: { ...logger, error: (...words) => void errors.push(words) } })
    const before = open(String(await driver.identity?.()))
    await before.settling({ id, account, modelCost: 30n, fee: 10n, meta: {} })
    await before.close()
    await forgetFinished()
    expect(await settle(id)).toEqual({ state: 'unknown' })
    const next = createSpooledDriver(driver, open)
    await next.init()
    await expect.poll(() => readdirSync(folder)).toEqual([])
    expect(errors).toEqual([])
    expect(await next.balance(account)).toMatchObject({ spent: 40n })
    await next.close()
  })

  test('an id without a time that expired long ago is not taken again', async () => {
    await expireOne('of my own')
    await forgetFinished()
    expect(
      await driver.hold({
        id: 'of my own',
        account,
        amount: 100n,
        ttlMs: 1000,
        limits: [{ id: 'key' }, { id: 'account' }],
      }),
    ).toMatchObject({ ok: true, replay: true, available: 1000n })
    expect(await driver.balance(account)).toMatchObject({ held: 0n })
  })
})
