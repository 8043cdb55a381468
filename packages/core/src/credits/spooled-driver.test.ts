import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { describeCreditDriver } from './conformance.ts'
import { createMemoryCreditDriver } from './memory-driver.ts'
import { createSpool } from './spool/spool.ts'
import { createSpooledDriver } from './spooled-driver.ts'

describe('credits behind a spool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-spool-'))
  describeCreditDriver({
    test,
    create: async (options) => {
      const driver = createSpooledDriver(createMemoryCreditDriver(options), (store) =>
        createSpool({ folder, store, logger: console }),
      )
      await driver.init()
      return driver
    },
  })
})
