import { appendFileSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createCallId } from '../../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../../packages/core/src/credits/driver.ts'
import { createMemoryCreditDriver } from '../../../packages/core/src/credits/memory-driver.ts'
import { createSpool, type SpoolOptions } from '../../../packages/core/src/credits/spool/spool.ts'
import { createSpooledDriver } from '../../../packages/core/src/credits/spooled-driver.ts'
import { GatewayError } from '../../../packages/core/src/errors/gateway-error.ts'
import { collect } from '../../../packages/core/src/store/collect.ts'
import { createOutage } from './outage.ts'
import { chargeFiles, chargeLines, createRecords } from './records.ts'

const account = 'acme'
const newFolder = () => join(mkdtempSync(join(tmpdir(), 'tollgate-spool-')), 'spool')

/** A store, and any number of processes' drivers on it that share a folder. */
async function start(options: Partial<SpoolOptions> = {}) {
  const outage = createOutage(createMemoryCreditDriver())
  await outage.driver.credit({ account, ref: 'start', amount: 1_000_000n, kind: 'topup' })
  const folder = options.folder ?? newFolder()
  const open = async (more: Partial<SpoolOptions> = {}) => {
    const records = createRecords()
    const spool = createSpool({
      folder,
      store: 'test',
      logger: records.logger,
      ...options,
      ...more,
    })
    const driver = createSpooledDriver(outage.driver, () => spool)
    await driver.init()
    return { driver, spool, records }
  }
  return { outage, folder, open, store: outage.driver }
}

async function hold(driver: CreditDriver, amount = 100n): Promise<string> {
  const id = createCallId()
  expect(await driver.hold({ id, account, amount, ttlMs: 60_000 })).toMatchObject({ ok: true })
  return id
}

const charge = (id: string, modelCost = 40n) => ({
  id,
  account,
  modelCost,
  fee: 1n,
  meta: { model: 'gpt-4o' },
})

/** Whether the store answers or not. */
async function attempt(driver: CreditDriver, id: string): Promise<void> {
  await Promise.allSettled([driver.settle(charge(id))])
}

async function settled(store: CreditDriver): Promise<string[]> {
  const rows = await collect(store.ledger(account))
  return rows.filter(({ op }) => op.startsWith('settle')).map(({ ref }) => ref)
}

async function eventually<Result>(read: () => Result | Promise<Result>, isIt: (result: Result) => boolean) {
  for (const until = Date.now() + 5000; ; await sleep(5)) {
    const result = await read()
    if (isIt(result) || Date.now() > until) return result
  }
}

describe('a charge', () => {
  test('is on the disk before the store is asked', async () => {
    const { outage, folder, open, store } = await start()
    const { driver } = await open()
    const id = await hold(driver)
    let seen: string[] = []
    outage.driver.settle = async () => {
      seen = chargeLines(folder).filter((line) => line.includes('"op":"settle"'))
      return { state: 'settled', replay: false, charged: 41n, shortfall: 0n, seq: 2 }
    }
    const spied = createSpooledDriver({ ...store, settle: outage.driver.settle }, (name) =>
      createSpool({ folder, store: name, logger: console }),
    )
    await spied.init()
    await spied.settle(charge(id))
    expect(seen).toHaveLength(1)
    await spied.close()
    await driver.close()
  })

  test('that is repeated until the store is back is written once and made once', async () => {
    const { outage, folder, open, store } = await start()
    const { driver } = await open()
    const id = await hold(driver)
    outage.isDown = true
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(driver.settle(charge(id))).rejects.toMatchObject({ code: 'store_unavailable' })
    }
    expect(chargeLines(folder).filter((line) => line.includes('"op":"settle"'))).toHaveLength(1)
    outage.isDown = false
    expect(await driver.settle(charge(id))).toMatchObject({ state: 'settled', charged: 41n, replay: false })
    expect(await settled(store)).toEqual([id])
    await driver.close()
    expect(chargeFiles(folder)).toEqual([])
  })

  test('whose store stays away when the gateway closes is made at the next start', async () => {
    const { outage, open, store } = await start()
    const first = await open()
    const id = await hold(first.driver)
    outage.isDown = true
    await expect(first.driver.settle(charge(id))).rejects.toMatchObject({ code: 'store_unavailable' })
    await first.driver.close()
    await expect(first.driver.settle(charge(id))).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(first.records.matching(/wait in the spool for the next start/)).toHaveLength(1)

    outage.isDown = false
    const second = await open()
    expect(
      await eventually(
        () => settled(store),
        (ids) => ids.length > 0,
      ),
    ).toEqual([id])
    await second.driver.close()
  })

  test('that the store is being asked for when the gateway closes is waited for', async () => {
    const { outage, folder, open, store } = await start()
    const { settle } = outage.driver
    const gate = Promise.withResolvers<void>()
    const isAsked = Promise.withResolvers<void>()
    outage.driver.settle = async (request) => {
      isAsked.resolve()
      await gate.promise
      return await settle(request)
    }
    const { driver } = await open()
    const id = await hold(driver)
    const settling = driver.settle(charge(id))
    await isAsked.promise
    const closing = driver.close()
    gate.resolve()
    await closing
    expect(await settling).toMatchObject({ state: 'settled' })
    expect(await settled(store)).toEqual([id])
    expect(chargeFiles(folder)).toEqual([])
  })

  test('is made once although the store goes down again in the middle of making it up', async () => {
    const { outage, folder, open, store } = await start()
    const first = await open()
    const ids = await Promise.all(Array.from({ length: 100 }, () => hold(first.driver)))
    outage.isDown = true
    await Promise.allSettled(ids.map((id) => first.driver.settle(charge(id))))
    await first.driver.close()

    outage.isDown = false
    const { settle } = outage.driver
    let left = 50
    outage.driver.settle = async (request) => {
      left -= 1
      if (left < 0 && left > -20) outage.isDown = true
      if (left < -20) outage.isDown = false
      return await settle(request)
    }
    const second = await open()
    const made = await eventually(
      () => settled(store),
      (refs) => refs.length === 100,
    )
    expect(new Set(made)).toEqual(new Set(ids))
    expect(made).toHaveLength(100)
    await second.driver.close()
    expect(chargeFiles(folder)).toEqual([])
    expect(await store.audit(account)).toMatchObject({ ok: true })
  })

  test('whose hold the store has lost is logged with its cost, and kept in a file', async () => {
    const { folder, open } = await start()
    const { driver, records } = await open()
    expect(await driver.settle(charge('nobody knows me'))).toEqual({ state: 'unknown' })
    expect(
      records.matching(
        /error The store does not take a charge.*nobody knows me.*"account":"acme","cost":"0.000000041"/,
      ),
    ).toHaveLength(1)
    await driver.close()
    expect(chargeFiles(folder)).toEqual([expect.stringMatching(/^lost-/)])
    expect(chargeLines(folder)).toEqual([expect.stringContaining('"modelCost":"40","fee":"1"')])
    const next = await open()
    await next.driver.close()
    expect(chargeFiles(folder)).toHaveLength(1)
  })

  test('that the store knows no hold of is kept for the operator, and does not keep the others from being made', async () => {
    const { outage, folder, open, store } = await start()
    const first = await open()
    const [good, bad] = [await hold(first.driver), createCallId()]
    outage.isDown = true
    await Promise.allSettled([first.driver.settle(charge(bad)), first.driver.settle(charge(good))])
    await first.driver.close()
    outage.isDown = false
    const second = await open()
    expect(
      await eventually(
        () => settled(store),
        (ids) => ids.length > 0,
      ),
    ).toEqual([good])
    await eventually(
      () => chargeFiles(folder).length,
      (count) => count === 1,
    )
    await second.driver.close()
    expect(chargeFiles(folder)).toEqual([expect.stringMatching(/^lost-/)])
  })

  test('that the store refuses is none, and its call can still be charged', async () => {
    const { outage, folder, open, store } = await start()
    const { settle } = outage.driver
    const { driver } = await open()
    const id = await hold(driver)
    outage.driver.settle = async () => {
      outage.driver.settle = settle
      throw new GatewayError({ code: 'invalid_request', message: 'Not here.' })
    }
    await expect(driver.settle(charge(id))).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await driver.settle(charge(id))).toMatchObject({ state: 'settled', charged: 41n })
    expect(chargeLines(folder).filter((line) => line.includes('"op":"settle"'))).toHaveLength(2)
    await driver.close()
    expect(chargeFiles(folder)).toEqual([])
    expect(await settled(store)).toEqual([id])
  })

  test('that can be none in any store is not written down', async () => {
    const { folder, open, store } = await start()
    const { driver } = await open()
    const id = await hold(driver)
    const others = [charge(id, -1n), { ...charge(id), meta: { count: 1n } }]
    for (const other of others) {
      await expect(driver.settle(other)).rejects.toMatchObject({ code: 'invalid_request' })
    }
    expect(await driver.settle(charge(id))).toMatchObject({ state: 'settled', charged: 41n })
    expect(chargeLines(folder).filter((line) => line.includes('"op":"settle"'))).toHaveLength(1)
    await driver.close()
    expect(await settled(store)).toEqual([id])
  })
})

describe('a file that a process has left', () => {
  /** The store is down while a process charges calls and ends. */
  async function leave(count: number) {
    const place = await start()
    const { driver } = await place.open()
    const ids: string[] = []
    for (let at = 0; at < count; at += 1) ids.push(await hold(driver))
    place.outage.isDown = true
    for (const id of ids) await attempt(driver, id)
    await driver.close()
    place.outage.isDown = false
    const [file = ''] = chargeFiles(place.folder)
    return { ...place, ids, file: join(place.folder, file) }
  }

  test('may end in the middle of a line, which is none', async () => {
    const { ids, file, open, store, folder } = await leave(2)
    appendFileSync(file, '["00000000",{"op":"settle","id":"half')
    const { driver, records } = await open()
    expect(
      await eventually(
        () => settled(store),
        (made) => made.length === 2,
      ),
    ).toEqual(ids)
    await driver.close()
    expect(records.matching(/^error/)).toEqual([])
    expect(chargeFiles(folder)).toEqual([])
  })

  test('and is damaged in the middle is reported and kept aside; its other lines count', async () => {
    const { ids, file, open, store, folder } = await leave(3)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace(new RegExp(`("settle","id":"${ids[1]}".*?"modelCost":")40`), '$149'))
    const { driver, records } = await open()
    const made = await eventually(
      () => settled(store),
      (refs) => refs.length === 2,
    )
    await driver.close()
    expect(made).toEqual([ids[0], ids[2]])
    expect(
      records.matching(/error A line of the spool is damaged; its file is kept aside.*"line":\d/),
    ).toHaveLength(1)
    expect(chargeFiles(folder)).toEqual([expect.stringMatching(/^damaged-/)])
    // Nothing of it is looked at again.
    const next = await open()
    await sleep(50)
    await next.driver.close()
    expect(next.records.lines).toEqual([])
  })

  test('belongs to its store: a gateway on another one says so and leaves it alone', async () => {
    const { ids, open, store, folder } = await leave(1)
    const other = await start({ folder, store: 'another' })
    const { driver, records } = await other.open()
    await eventually(
      () => records.lines.length,
      (count) => count > 0,
    )
    await driver.close()
    expect(records.lines).toEqual([
      expect.stringMatching(/warn The folder of the spool has charges for other stores/),
    ])
    const back = await open()
    expect(
      await eventually(
        () => settled(store),
        (made) => made.length === 1,
      ),
    ).toEqual(ids)
    await back.driver.close()
  })
})

describe('the folder', () => {
  test('stays small under constant load, and has no file when nothing is open', async () => {
    const rotateBytes = 32 * 1024
    const { folder, open, store } = await start({ rotateBytes })
    const { driver } = await open()
    const sizes: number[] = []
    for (let round = 0; round < 60; round += 1) {
      const ids = await Promise.all(Array.from({ length: 20 }, () => hold(driver)))
      await Promise.all(ids.map((id) => driver.settle(charge(id))))
      sizes.push(chargeFiles(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0))
    }
    expect(await settled(store)).toHaveLength(1200)
    expect(Math.max(...sizes)).toBeLessThan(3 * rotateBytes)
    expect(Math.max(...sizes)).toBeGreaterThan(rotateBytes / 2)
    await driver.close()
    expect(chargeFiles(folder)).toEqual([])
  })

  test('keeps what is open through every new file', async () => {
    const { outage, folder, open, store } = await start({ rotateBytes: 4096 })
    const { driver } = await open()
    const waiting = await Promise.all(Array.from({ length: 5 }, () => hold(driver)))
    outage.isDown = true
    await Promise.allSettled(waiting.map((id) => driver.settle(charge(id))))
    outage.isDown = false
    for (let round = 0; round < 200; round += 1) await driver.settle(charge(await hold(driver)))
    const lines = chargeLines(folder)
    for (const id of waiting) expect(lines.some((line) => line.includes(`"settle","id":"${id}"`))).toBe(true)
    expect(chargeFiles(folder).length).toBeLessThanOrEqual(2)
    outage.isDown = true
    await driver.close()
    outage.isDown = false
    const next = await open()
    await eventually(
      () => settled(store),
      (made) => made.length === 205,
    )
    expect(new Set(await settled(store)).size).toBe(205)
    await next.driver.close()
  })

  test('is not made by a gateway that takes no call', async () => {
    const { folder, open } = await start()
    const { driver } = await open()
    await driver.balance(account)
    await driver.close()
    expect(() => statSync(folder)).toThrow(/ENOENT/)
  })

  test('is shared: nobody takes the file of a process that lives, here or elsewhere', async () => {
    const { outage, open, store } = await start({ replayEveryMs: 0 })
    const [one, two] = [await open(), await open()]
    const id = await hold(one.driver)
    outage.isDown = true
    await attempt(one.driver, id)
    outage.isDown = false
    await two.driver.expire(10)
    await sleep(100)
    expect(await settled(store)).toEqual([])
    outage.isDown = true
    await one.driver.close()
    outage.isDown = false
    await two.driver.expire(10)
    expect(
      await eventually(
        () => settled(store),
        (made) => made.length > 0,
      ),
    ).toEqual([id])
    await two.driver.close()
  })
})

test('a hold that grew is reported with what it had grown to', async () => {
  const { folder, open } = await start()
  const { driver } = await open()
  const id = await hold(driver)
  await driver.extend(id, account, { toAmount: 250n })
  await driver.extend(id, account, { ttlMs: 60_000 })
  await driver.close()
  expect(chargeLines(folder).filter((line) => line.includes('"started"'))).toHaveLength(2)
  const { records, driver: next } = await open()
  await eventually(
    () => records.lines.length,
    (count) => count > 0,
  )
  await next.close()
  expect(records.lines).toEqual([
    expect.stringMatching(
      /warn A process ended while calls were under way.*"calls":1,"amount":"0.000000250"/,
    ),
  ])
})
