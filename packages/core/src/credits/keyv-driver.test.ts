import { describe, test } from 'vitest'
import { createRecordStore } from '../store/record-store.ts'
import { describeCreditDriver } from './conformance.ts'
import { createKeyvCreditDriver } from './keyv-driver.ts'

describe('credits in a store of single values', () => {
  const adapters = new Map<string, Map<string, unknown>>()
  const records = <Value extends object>(namespace: string) => {
    const adapter = adapters.get(namespace) ?? new Map<string, unknown>()
    adapters.set(namespace, adapter)
    return createRecordStore<Value>({ namespace, adapter })
  }
  describeCreditDriver({
    test,
    create: async ({ now }) => {
      const driver = createKeyvCreditDriver({ records, now, logger: console })
      await driver.init()
      return driver
    },
  })
})
