import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { createKeyNames } from '../../packages/core/src/credits/redis/account-keys.ts'
import { scripts } from '../../packages/core/src/credits/redis/scripts.ts'
import { createRedisCreditDriver } from '../../packages/core/src/credits/redis-driver.ts'
import { openRedis } from '../../packages/core/src/store/redis/open-redis.ts'
import type { RedisConnection } from '../../packages/core/src/store/redis/redis-connection.ts'
import { createOwnRedis } from '../stores/own-redis.ts'
import type { OwnServer } from '../stores/own-server.ts'
import { describeOwnStore } from '../stores/own-stores.ts'
import { monitorRedis, type SeenScript } from '../stores/redis-monitor.ts'

const logger = { info() {}, warn() {}, error() {} }
const key = { id: 'key', spend: { day: 1_000_000n, lifetime: 2_000_000n }, concurrency: 100 }
const limits = [key, { id: 'account', rpm: 1000 }]
const names = createKeyNames('tollgate')
const reads = new Set([
  'TIME',
  'HGET',
  'HMGET',
  'HKEYS',
  'HLEN',
  'XRANGE',
  'ZRANGE',
  'ZRANGEBYSCORE',
  'ZCARD',
  'ZSCORE',
])

let server: OwnServer
let connection: RedisConnection
let driver: CreditDriver
let account = ''
const clock = { now: Date.now() }

const command = (...words: readonly string[]) => connection.command('', words)
const keyOf = (part: string) => `tollgate:credits:{${account}}:${part}`
/** Everything that the account has. */
const dump = () => Promise.all(names.ofAccount(account).map((name) => command('DUMP', name)))
const periodOf = async (field: string) => Number(await command('HGET', keyOf('account'), field))
const settle = (id: string) => driver.settle({ id, account, modelCost: 30n, fee: 0n, meta: {} })
async function take(ttlMs = 60_000): Promise<string> {
  const id = createCallId(clock.now)
  await driver.hold({ id, account, amount: 100n, ttlMs, limits })
  return id
}
const give = (ref: string, lasts?: number) =>
  driver.credit({
    account,
    ref,
    amount: 1000n,
    kind: 'topup',
    ...(lasts && { expiresAt: clock.now + lasts }),
  })

/** An account with one of everything: holds that have ended and that have not, and a grant that has ended. */
async function liveALittle() {
  await give('grant')
  await give('short', 1000)
  const settled = await take()
  await settle(settled)
  const [late, expired] = [await take(500), await take(500)]
  clock.now += 600
  await settle(late)
  const released = await take()
  await driver.release(released, account)
  const pending = await take()
  clock.now += 500
  return { settled, late, expired, released, pending }
}

type Life = Awaited<ReturnType<typeof liveALittle>>

const steps = {
  hold: () => take(),
  extend: ({ pending }) => driver.extend(pending, account, { toAmount: 200n, ttlMs: 90_000 }),
  settle: ({ pending }) => settle(pending),
  'settle late': ({ expired }) => settle(expired),
  'settle again': ({ settled }) => settle(settled),
  release: ({ pending }) => driver.release(pending, account),
  credit: () => give('another', 5000),
  'credit again': () => give('grant'),
  balance: () => driver.balance(account),
  expire: () => driver.expire(1000),
  audit: () => driver.audit(account),
} satisfies Record<string, (life: Life) => unknown>

describeOwnStore('redis', 'scripts of credits in Redis', () => {
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
  })
  afterEach(() => connection.close())

  /** What scripts of an account did while every step was taken, some in accounts of their own. */
  async function watch(): Promise<readonly SeenScript[]> {
    const passPeriods = async () => {
      const [finished, expired] = [await periodOf('period'), await periodOf('expired_period')]
      await command('HSET', keyOf('account'), 'period', `${finished - 1}`, 'expired_period', `${expired - 1}`)
    }
    const takeAll = async () => {
      for (const step of Object.values(steps)) {
        account = `account-${crypto.randomUUID()}`
        const life = await liveALittle()
        await passPeriods()
        await step(life)
      }
    }
    // A server that knows the scripts already says which they are.
    await takeAll()
    const monitor = await monitorRedis(server.port)
    try {
      await driver.init()
      await takeAll()
      await command('ECHO', 'the-end')
      return await monitor.until('the-end')
    } finally {
      monitor.close()
    }
  }

  test('read all that they need before they write anything, and do nothing that was not tried at the start', async () => {
    const seen = await watch()
    const ofAccounts = new Map(Object.entries(scripts).map(([name, { sha }]) => [sha, name]))
    const watched = new Set<string>()
    const [probe] = seen
    for (const { sha, commands } of seen) {
      if (commands.length === 0 || sha === probe?.sha) continue
      const name = ofAccounts.get(sha)
      const firstWrite = commands.findIndex((each) => !reads.has(each))
      const late = firstWrite < 0 ? [] : commands.slice(firstWrite).filter((each) => reads.has(each))
      expect([name, commands, late]).toEqual([name, commands, []])
      // The registry of accounts has scripts of its own.
      if (!name) continue
      watched.add(name)
      expect(probe?.commands).toEqual(expect.arrayContaining(commands))
    }
    expect([...watched].sort()).toEqual(Object.keys(scripts).sort())
  })

  const parts = ['account', 'holds', 'expiry', 'usages', 'ledger', 'references', 'finished', 'expired']
  const damages: readonly (readonly [string, (life: Life) => Promise<unknown>])[] = [
    ...parts.map(
      (part) => [`its ${part} are something else`, () => command('SET', keyOf(part), 'text')] as const,
    ),
    ['its sums are lost', () => command('HDEL', keyOf('account'), 'seq')],
    ['a hold is not readable', ({ pending }) => command('HSET', keyOf('holds'), pending, 'text')],
    ['a count of limits is not readable', () => command('HSET', keyOf('usages'), key.id, 'text')],
    ['its rows are gone, and what was kept beside', () => forgetRows()],
  ]

  /** As a version was that kept less. */
  async function forgetRows() {
    await command('XTRIM', keyOf('ledger'), 'MAXLEN', '0')
    await command('HDEL', keyOf('account'), 'grant:2')
    await command('HSET', keyOf('references'), 'grant', '1', 'short', '2')
  }

  test.each(damages)('change nothing when they fail: %s', async (_, damage) => {
    let failures = 0
    for (const [name, step] of Object.entries(steps)) {
      account = `account-${crypto.randomUUID()}`
      const life = await liveALittle()
      await damage(life)
      const before = await dump()
      try {
        await step(life)
      } catch (error) {
        failures += 1
        expect(error).toMatchObject({ code: 'store_unavailable' })
        expect([name, await dump()]).toEqual([name, before])
      }
      await command('UNLINK', ...names.ofAccount(account))
    }
    expect(failures).toBeGreaterThan(0)
  })

  test('a hold that is lost stops none that expired after it', async () => {
    await give('grant')
    const [lost] = [await take(500), await take(500)]
    await command('HDEL', keyOf('holds'), lost)
    clock.now += 600
    expect(await driver.expire(1000)).toBe(1)
    expect(await command('ZCARD', keyOf('expiry'))).toBe(0)
    expect(await driver.expire(1000)).toBe(0)
  })

  test('what ends a hold is done on a server that is full, and what begins one is not', async () => {
    await give('grant')
    const [settled, released] = [await take(), await take()]
    await take(500)
    try {
      await command('CONFIG', 'SET', 'maxmemory', '1')
      await expect(take()).rejects.toMatchObject({ code: 'store_unavailable' })
      expect(await settle(settled)).toMatchObject({ state: 'settled', charged: 30n })
      expect(await driver.release(released, account)).toMatchObject({ state: 'released', replay: false })
      clock.now += 600
      await expect(take()).rejects.toMatchObject({ code: 'store_unavailable' })
    } finally {
      await command('CONFIG', 'SET', 'maxmemory', '0')
    }
    expect(await driver.audit(account)).toMatchObject({ ok: true, problems: [] })
  })
})
