import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCallId } from '../../../packages/core/src/credits/call-id.ts'
import { createMemoryCreditDriver } from '../../../packages/core/src/credits/memory-driver.ts'
import { createSpool } from '../../../packages/core/src/credits/spool/spool.ts'
import { createSpooledDriver } from '../../../packages/core/src/credits/spooled-driver.ts'
import { mountSmallDisk } from '../../chaos/small-disk.ts'
import { createOutage } from './outage.ts'
import { chargeLines, createRecords } from './records.ts'

const account = 'acme'

describe('a full disk (needs root, to mount a small one)', () => {
  test('stops new calls, lets those under way be charged, and takes calls again when there is room', async ({
    skip,
  }) => {
    const place = mkdtempSync(join(tmpdir(), 'tollgate-disk-'))
    const disk = mountSmallDisk(place, '256k')
    if (!disk) return skip('No disk can be mounted.')
    onTestFinished(disk.remove)
    const folder = join(place, 'spool')
    const records = createRecords()
    const outage = createOutage(createMemoryCreditDriver())
    const driver = createSpooledDriver(outage.driver, (store) =>
      createSpool({ folder, store, logger: records.logger }),
    )
    await driver.init()
    await driver.credit({ account, ref: 'start', amount: 1_000_000n, kind: 'topup' })
    const hold = async (id = createCallId()) => {
      await driver.hold({ id, account, amount: 100n, ttlMs: 60_000 })
      return id
    }
    const charge = (id: string) => ({
      id,
      account,
      modelCost: 40n,
      fee: 1n,
      meta: { text: 'x'.repeat(5000) },
    })
    const underWay = await Promise.all([hold(), hold(), hold()])

    disk.fill()
    const [first = '', second = '', third = ''] = underWay
    expect(await driver.settle(charge(first))).toMatchObject({ state: 'settled', charged: 41n })
    await expect(hold()).rejects.toMatchObject({ code: 'store_unavailable', status: 503 })
    expect(await driver.settle(charge(second))).toMatchObject({ state: 'settled', charged: 41n })
    expect(records.matching(/error The spool of charges cannot be written/)).toHaveLength(1)
    // A charge that neither disk nor store takes now is on the disk as soon as there is room.
    outage.isDown = true
    await expect(driver.settle(charge(third))).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await driver.keepsCharges?.()).toBe(false)
    await sleep(1200)
    await expect(hold()).rejects.toMatchObject({ code: 'store_unavailable' })

    disk.free()
    for (const until = Date.now() + 5000; Date.now() < until; await sleep(20)) {
      if (records.matching(/warn The spool of charges can be written again/).length > 0) break
    }
    expect(chargeLines(folder).filter((line) => line.includes(`"settle","id":"${third}"`))).toHaveLength(1)
    expect(await driver.keepsCharges?.()).toBe(true)
    outage.isDown = false
    await hold()
    expect(await driver.settle(charge(third))).toMatchObject({ state: 'settled', replay: false })
    expect(await driver.balance(account)).toMatchObject({ spent: 123n, held: 100n })
    await driver.close()
  })
})
