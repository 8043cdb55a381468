import { setTimeout as sleep } from 'node:timers/promises'
import type { CreditDriver } from '../../../packages/core/src/credits/driver.ts'
import { openCredits } from '../../../packages/core/src/credits/open-credits.ts'
import { openStore } from '../../../packages/core/src/store/open-store.ts'

const silent = { info() {}, warn() {}, error() {} }

/** The driver of a store, without a spool around it; a server may need a moment until it answers. */
export async function openDriver(address: string): Promise<CreditDriver> {
  const driver = openCredits(openStore(address), silent)
  for (let tries = 1; ; tries += 1) {
    try {
      await driver.init()
      return driver
    } catch (error) {
      if (tries === 100) throw error
      await sleep(100)
    }
  }
}
