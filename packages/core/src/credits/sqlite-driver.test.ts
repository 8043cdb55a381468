import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { describeCreditInterleavings } from './conformance/interleavings/describe-credit-interleavings.ts'
import { describeCreditModel } from './conformance/model/describe-credit-model.ts'
import type { CreateDriver } from './conformance/options.ts'
import { describeCreditDriver } from './conformance.ts'
import { createSqliteCreditDriver } from './sqlite-driver.ts'

describe('credits in SQLite', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'credits-')), 'credits.db')
  const create: CreateDriver = async ({ now }) => {
    const driver = createSqliteCreditDriver({ file, now, logger: console })
    await driver.init()
    return driver
  }
  describeCreditDriver({ test, create })
  describeCreditModel({ test, fc, create })
  describeCreditInterleavings({ test, create })
})
