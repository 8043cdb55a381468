import fc from 'fast-check'
import { describe, test } from 'vitest'
import { createRecordStore } from '../store/record-store.ts'
import { describeCreditInterleavings } from './conformance/interleavings/describe-credit-interleavings.ts'
import { describeCreditModel } from './conformance/model/describe-credit-model.ts'
import type { CreateDriver } from './conformance/options.ts'
import { describeCreditDriver } from './conformance.ts'
import { createKeyvCreditDriver } from './keyv-driver.ts'

describe('credits in a store of single values', () => {
  const adapters = new Map<string, Map<string, unknown>>()
  const records = <Value extends object>(namespace: string) => {
    const adapter = adapters.get(namespace) ?? new Map<string, unknown>()
    adapters.set(namespace, adapter)
    return createRecordStore<Value>({ namespace, adapter })
  }
  const create: CreateDriver = async ({ now }) => {
    const driver = createKeyvCreditDriver({ records, now, logger: console })
    await driver.init()
    return driver
  }
  describeCreditDriver({ test, create })
  describeCreditModel({ test, fc, create, restarts: true })
  describeCreditInterleavings({ test, create })
})
