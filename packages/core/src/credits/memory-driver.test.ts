import { describe, test } from 'vitest'
import { describeCreditDriver } from './conformance.ts'
import { createMemoryCreditDriver } from './memory-driver.ts'

describe('credits in memory', () => {
  describeCreditDriver({ test, create: async (options) => createMemoryCreditDriver(options) })
})
