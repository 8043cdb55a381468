import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createSpool } from '../../../packages/core/src/credits/spool/spool.ts'
import { createSpooledDriver } from '../../../packages/core/src/credits/spooled-driver.ts'
import { createSqliteCreditDriver } from '../../../packages/core/src/credits/sqlite-driver.ts'
import { collect } from '../../../packages/core/src/store/collect.ts'
import { chargeFiles, createRecords } from './records.ts'

interface Place {
  readonly file: string
  readonly folder: string
}

function newPlace(): Place {
  const root = mkdtempSync(join(tmpdir(), 'tollgate-spool-'))
  return { file: join(root, 'credits.db'), folder: join(root, 'spool') }
}

function start({ file, folder }: Place, stage: string) {
  const worker = join(import.meta.dirname, 'crash-worker.ts')
  const child = fork(worker, [file, folder, stage], {
    execArgv: ['--conditions=@tollgate/source'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, id: output.trim() }))
  return { child, ended }
}

/** The next process on the same place, once it has made up for the last one. */
async function restart({ file, folder }: Place) {
  const records = createRecords()
  const spool = createSpool({ folder, store: 'test', logger: records.logger })
  const driver = createSpooledDriver(createSqliteCreditDriver({ file, logger: records.logger }), () => spool)
  await driver.init()
  for (const until = Date.now() + 5000; chargeFiles(folder).length > 0 && Date.now() < until; ) await sleep(5)
  const rows = await collect(driver.ledger('acme'))
  const audit = await driver.audit('acme')
  const balance = await driver.balance('acme')
  await driver.close()
  const charges = rows.filter(({ op }) => op === 'settle').map(({ ref, amount }) => [ref, amount])
  return { charges, audit, balance, records }
}

describe('P14 a process that is killed', () => {
  test.each(['after the line', 'after the commit', 'after all'])(
    '%s has charged once after the next start',
    async (stage) => {
      const place = newPlace()
      const { id, signal } = await start(place, stage).ended
      expect(signal).toBe('SIGKILL')
      const { charges, audit, balance } = await restart(place)
      expect(charges).toEqual([[id, 41n]])
      expect(balance).toMatchObject({ spent: 41n, held: 0n, available: 999_959n })
      expect(audit).toMatchObject({ ok: true, problems: [] })
      expect(chargeFiles(place.folder)).toEqual([])
      // And once only, however often it is started.
      expect((await restart(place)).charges).toHaveLength(1)
    },
  )

  test('before the line has charged nothing, and is reported with what it may have cost', async () => {
    const place = newPlace()
    await start(place, 'before the line').ended
    const { charges, audit, records } = await restart(place)
    expect(charges).toEqual([])
    expect(records.lines).toEqual([
      expect.stringMatching(
        /warn A process ended while calls were under way.*"calls":1,"amount":"0.000000100"/,
      ),
    ])
    expect(audit).toMatchObject({ ok: true })
  })
})

describe('a process that is told to end while a charge waits for its store', () => {
  test('ends as the signal would have ended it, when the store has the charge', async () => {
    const place = newPlace()
    const { child, ended } = start(place, 'signal')
    await once(child, 'message')
    child.send('the store goes on soon')
    child.kill('SIGTERM')
    const { id, code, signal } = await ended
    expect([code, signal]).toEqual([null, 'SIGTERM'])
    expect(chargeFiles(place.folder)).toEqual([])
    expect((await restart(place)).charges).toEqual([[id, 41n]])
  })

  test('ends also when the store stands still for good, and the next one makes the charge', async () => {
    const place = newPlace()
    const { child, ended } = start(place, 'signal')
    await once(child, 'message')
    const before = Date.now()
    child.kill('SIGTERM')
    const { id, signal } = await ended
    expect(signal).toBe('SIGTERM')
    expect(Date.now() - before).toBeLessThan(8000)
    expect(chargeFiles(place.folder)).toHaveLength(1)
    expect((await restart(place)).charges).toEqual([[id, 41n]])
  })
})
