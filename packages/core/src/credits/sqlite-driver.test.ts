import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { describeCreditDriver } from './conformance.ts'
import { createSqliteCreditDriver } from './sqlite-driver.ts'

describe('credits in SQLite', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'credits-')), 'credits.db')
  describeCreditDriver({
    test,
    create: async ({ now }) => {
      const driver = createSqliteCreditDriver({ file, now, logger: console })
      await driver.init()
      return driver
    },
  })
})
