import fc from 'fast-check'
import { describe, test } from 'vitest'
import { describeCreditInterleavings } from './conformance/interleavings/describe-credit-interleavings.ts'
import { describeCreditModel } from './conformance/model/describe-credit-model.ts'
import { describeCreditDriver } from './conformance.ts'
import { createMemoryCreditDriver } from './memory-driver.ts'

describe('credits in memory', () => {
  const create = async (options: { readonly now: () => number }) => createMemoryCreditDriver(options)
  describeCreditDriver({ test, create })
  describeCreditModel({ test, fc, create })
  describeCreditInterleavings({ test, create })
})
