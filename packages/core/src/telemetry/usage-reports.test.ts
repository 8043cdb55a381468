import { describe, expect, test } from 'vitest'
import { createCallId } from '../credits/call-id.ts'
import type { CreditDriver } from '../credits/driver.ts'
import { createMemoryCreditDriver } from '../credits/memory-driver.ts'
import { collect } from '../store/collect.ts'
import type { UsageEvent } from './usage-event.ts'
import { createUsageFeed } from './usage-feed.ts'
import { createUsageReports } from './usage-reports.ts'

const hour = 3_600_000
/** A Sunday, the last day of its month and of its week. */
const sunday = Date.UTC(2027, 0, 31, 23, 30)

interface Made {
  readonly at?: number
  readonly account?: string
  readonly meta?: Record<string, unknown>
}

/** A driver whose clock goes with the calls that are made, and counts the rows that are read. */
function createScene() {
  const clock = { now: sunday }
  const driver = createMemoryCreditDriver({ now: () => clock.now })
  const read = { rows: 0 }
  const counting: CreditDriver = {
    ...driver,
    async *ledger(...range) {
      for await (const row of driver.ledger(...range)) {
        read.rows += 1
        yield row
      }
    },
  }
  const call = async ({ at = sunday, account = 'acme', meta = {} }: Made = {}) => {
    clock.now = at
    const id = createCallId(at)
    if ((await driver.balance(account)).seq === 0)
      await driver.credit({ account, ref: 'start', amount: 1_000_000_000n, kind: 'topup' })
    await driver.hold({ id, account, amount: 100n, ttlMs: 60_000 })
    const settled = {
      provider: 'openai',
      model: 'gpt-4o',
      accessKeyId: 'one',
      credential: 'managed',
      clientDialect: 'openai-chat',
      upstreamDialect: 'openai-chat',
      streaming: false,
      status: 'succeeded',
      usage: { text_in: 10, cache_read: 5, text_out: 2 },
      startedAt: at,
      durationMs: 10,
      ...meta,
    }
    await driver.settle({ id, account, modelCost: 70n, fee: 30n, meta: settled })
    return id
  }
  return { call, read, reports: createUsageReports(counting, createUsageFeed()) }
}

const retried = (attempts: number) => ({
  attempts: Array.from({ length: attempts }, (_, index) => ({
    provider: 'openai',
    model: 'gpt-4o',
    credential: 'managed',
    upstreamDialect: 'openai-chat',
    verdict: index === attempts - 1 ? 'served' : 'retry',
    status: index === attempts - 1 ? 200 : 500,
    startedAt: sunday,
    durationMs: 5,
  })),
})

describe('events', () => {
  test('are found by everything that they can be asked for by', async () => {
    const { call, reports } = createScene()
    const plain = await call()
    const other = await call({ meta: { accessKeyId: 'two', tags: ['x'], status: 'cut', model: 'gpt-5' } })
    const late = await call({
      at: sunday + hour,
      account: 'beta',
      meta: { provider: 'groq', tags: ['x', 'y'] },
    })
    const ids = async (query: Parameters<typeof reports.events>[0]) =>
      (await collect(reports.events(query))).map(({ requestId }) => requestId)
    expect(await ids({})).toEqual([plain, other, late])
    expect(await ids({ account: 'acme' })).toEqual([plain, other])
    expect(await ids({ accessKeyId: 'two' })).toEqual([other])
    expect(await ids({ model: 'gpt-4o' })).toEqual([plain, late])
    expect(await ids({ model: 'groq:gpt-4o' })).toEqual([late])
    expect(await ids({ provider: 'openai' })).toEqual([plain, other])
    expect(await ids({ tag: 'x' })).toEqual([other, late])
    expect(await ids({ status: 'cut' })).toEqual([other])
    expect(await ids({ from: sunday + 1 })).toEqual([late])
    expect(await ids({ to: sunday + hour })).toEqual([plain, other])
  })

  test('are of final attempts, unless all are asked for', async () => {
    const { call, reports } = createScene()
    await call({ meta: retried(3) })
    expect(await collect(reports.events())).toMatchObject([{ attemptNumber: 3 }])
    const all = await collect(reports.events({ includeRetries: true }))
    expect(all.map(({ attemptNumber }) => attemptNumber)).toEqual([1, 2, 3])
  })
})

describe('pages', () => {
  test('are the newest first, and together everything once', async () => {
    const { call, reports } = createScene()
    for (let index = 0; index < 7; index += 1) await call({ meta: index % 3 === 0 ? retried(2) : {} })
    const everything = (await collect(reports.events({ includeRetries: true }))).map(({ id }) => id).reverse()
    expect(everything).toHaveLength(10)
    for (const limit of [1, 2, 3, 10, 100]) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await reports.page({
          account: 'acme',
          includeRetries: true,
          limit,
          ...(cursor && { cursor }),
        })
        expect(page.events.length).toBeLessThanOrEqual(limit)
        seen.push(...page.events.map(({ id }) => id))
        cursor = page.nextCursor
        // What comes meanwhile is not among them.
        await call({ account: 'elsewhere' })
      } while (cursor)
      expect(seen).toEqual(everything)
    }
  })

  test('that come while others are read move nothing', async () => {
    const { call, reports } = createScene()
    const ids = [await call(), await call(), await call()]
    const { events, nextCursor } = await reports.page({ account: 'acme', limit: 1 })
    await call()
    const rest = await reports.page({ account: 'acme', cursor: nextCursor ?? '' })
    expect([...events, ...rest.events].map(({ requestId }) => requestId)).toEqual(ids.reverse())
  })

  test('read no more of a long ledger than they need', async () => {
    const { call, reports, read } = createScene()
    for (let index = 0; index < 3000; index += 1) await call({ at: sunday + index * hour })
    await reports.page({ account: 'acme', limit: 100 })
    expect(read.rows).toBeLessThanOrEqual(250)
    read.rows = 0
    const { events, nextCursor } = await reports.page({ account: 'acme', from: sunday + 2990 * hour })
    expect([events.length, nextCursor]).toEqual([10, undefined])
    expect(read.rows).toBeLessThanOrEqual(250)
    read.rows = 0
    const [row] = await reports.summary({ account: 'acme', from: sunday + 2900 * hour })
    expect(row).toMatchObject({ requests: 100, charged: '0.000010000' })
    expect(read.rows).toBeLessThan(750)
  })

  test.each([
    [{ limit: 0 }, '"limit"'],
    [{ limit: 101 }, '"limit"'],
    [{ cursor: '5' }, '"cursor"'],
    [{ cursor: '-1.1' }, '"cursor"'],
  ])('that cannot be, %j, are refused', async (query, name) => {
    const { reports } = createScene()
    await expect(reports.page({ account: 'acme', ...query })).rejects.toThrow(name)
  })
})

describe('sums', () => {
  test('are by any of the groups and their combinations', async () => {
    const { call, reports } = createScene()
    await call({ meta: { tags: ['x', 'y'] } })
    await call({ meta: { tags: ['x'], status: 'failed', ...retried(2) } })
    await call({ at: sunday + hour, account: 'beta', meta: { provider: 'groq', accessKeyId: undefined } })
    const sums = { usage: { text_in: 20, cache_read: 10, text_out: 4 }, inputTokens: 30, outputTokens: 4 }
    expect(await reports.summary()).toEqual([
      {
        model: 'openai:gpt-4o',
        ...{ requests: 2, attempts: 3, errors: 1 },
        ...sums,
        ...{ modelCost: '0.000000140', fee: '0.000000060', charged: '0.000000200' },
      },
      expect.objectContaining({ model: 'groq:gpt-4o', requests: 1, attempts: 1, errors: 0 }),
    ])
    const by = async (
      ...groupBy: Parameters<typeof reports.summary>[0] extends { groupBy?: infer G } | undefined
        ? G extends readonly (infer One)[]
          ? One[]
          : never
        : never
    ) =>
      (await reports.summary({ groupBy })).map((row) => [...groupBy.map((name) => row[name]), row.requests])
    expect(await by('account')).toEqual([
      ['acme', 2],
      ['beta', 1],
    ])
    expect(await by('accessKey')).toEqual([
      ['one', 2],
      [undefined, 1],
    ])
    expect(await by('provider')).toEqual([
      ['openai', 2],
      ['groq', 1],
    ])
    expect(await by('tag')).toEqual([
      ['x', 2],
      ['y', 1],
      [undefined, 1],
    ])
    expect(await by('hour')).toEqual([
      ['2027-01-31T23:00:00.000Z', 2],
      ['2027-02-01T00:00:00.000Z', 1],
    ])
    expect(await by('day')).toEqual([
      ['2027-01-31T00:00:00.000Z', 2],
      ['2027-02-01T00:00:00.000Z', 1],
    ])
    expect(await by('week')).toEqual([
      ['2027-01-25T00:00:00.000Z', 2],
      ['2027-02-01T00:00:00.000Z', 1],
    ])
    expect(await by('month', 'account')).toEqual([
      ['2027-01-01T00:00:00.000Z', 'acme', 2],
      ['2027-02-01T00:00:00.000Z', 'beta', 1],
    ])
  })

  test('by what there is not are refused', async () => {
    const { reports } = createScene()
    await expect(reports.summary({ groupBy: ['color' as never] })).rejects.toThrow('"groupBy"')
    await expect(reports.summary({ groupBy: [] })).rejects.toThrow('"groupBy"')
  })
})

test('one call is found with its attempts, by its own account alone', async () => {
  const { call, reports } = createScene()
  const id = await call({ meta: retried(2) })
  expect((await reports.find('acme', id)).map(({ attemptNumber }) => attemptNumber)).toEqual([1, 2])
  expect(await reports.find('beta', id)).toEqual([])
  expect(await reports.find('acme', 'nonsense')).toEqual([])
})

describe('a live stream', () => {
  const event = (id: number) => ({ id: String(id) }) as UsageEvent
  const told = (count: number) => Array.from({ length: count }, (_, index) => event(index))

  test('gives what comes to every reader, waiting or not', async () => {
    const feed = createUsageFeed()
    expect(feed.isHeard).toBe(false)
    const [left, right] = [feed.stream(), feed.stream()]
    expect(feed.isHeard).toBe(true)
    const waiting = left.next()
    feed.tell(told(2))
    expect([(await waiting).value, (await left.next()).value]).toEqual(told(2))
    feed.close()
    expect(await collect(right)).toEqual(told(2))
    expect(feed.isHeard).toBe(false)
  })

  test('that is read too slowly gives what was kept, and says how many it missed', async () => {
    const feed = createUsageFeed()
    const events = feed.stream({ buffer: 2 })
    feed.tell(told(5))
    expect([(await events.next()).value, (await events.next()).value]).toEqual(told(2))
    feed.tell(told(1))
    await expect(events.next()).rejects.toThrow('4 usage events were missed')
    expect(await events.next()).toMatchObject({ done: true })
    expect(feed.isHeard).toBe(false)
  })

  test('ends by its signal, and by its reader', async () => {
    const feed = createUsageFeed()
    const control = new AbortController()
    const events = feed.stream({ signal: control.signal })
    const waiting = events.next()
    control.abort()
    expect(await waiting).toMatchObject({ done: true })
    for await (const _ of feed.stream({ signal: control.signal })) throw new Error('It is over.')
    const reading = (async () => {
      for await (const seen of feed.stream()) return seen
      return undefined
    })()
    feed.tell(told(1))
    expect(await reading).toEqual(event(0))
    expect(feed.isHeard).toBe(false)
  })

  test('of no size at all is refused', () => {
    expect(() => createUsageFeed().stream({ buffer: 0 })).toThrow('"buffer"')
  })
})
