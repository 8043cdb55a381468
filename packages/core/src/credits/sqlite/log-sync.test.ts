import { mkdtempSync, readlinkSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type LogSync, openLogSync } from './log-sync.ts'
import { openCreditDatabase } from './schema.ts'

const file = join(mkdtempSync(join(tmpdir(), 'log-sync-')), 'credits.db')
let database: DatabaseSync
let log: LogSync

beforeEach(() => {
  database = openCreditDatabase(file)
  log = openLogSync(file, database)
})
afterEach(() => database.close())

const write = (id: string) => database.exec(`INSERT INTO credit_accounts VALUES ('${id}', 1, 0, 1, 1)`)

it('syncs the log that commits went to, without a checkpoint', async () => {
  const before = statSync(file).mtimeMs
  write('a')
  await log.sync()
  log.syncNow()
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
  expect(statSync(file).mtimeMs).toBe(before)
  log.close()
})

it('writes the log out to the database where a sync has failed, and then goes on as before', async () => {
  write('b')
  // The descriptor is gone, so that the system itself refuses.
  log.close()
  await expect(log.sync()).rejects.toMatchObject({ code: 'EBADF' })
  const before = statSync(file).mtimeMs
  await log.sync()
  expect(statSync(file).mtimeMs).toBeGreaterThan(before)
  await expect(log.sync()).rejects.toMatchObject({ code: 'EBADF' })
  expect(() => log.syncNow()).not.toThrow()
  expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 })
})

it('finds the log of a database behind a link', async () => {
  const link = `${file}-link`
  symlinkSync(file, link)
  const linked = openCreditDatabase(link)
  const linkedLog = openLogSync(link, linked)
  await linkedLog.sync()
  linkedLog.close()
  linked.close()
  expect(readlinkSync(link)).toBe(file)
  log.close()
})
