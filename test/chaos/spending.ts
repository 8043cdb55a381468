import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { openCredits } from '../../packages/core/src/credits/open-credits.ts'
import { openStore } from '../../packages/core/src/store/open-store.ts'
import { untilStarted } from '../stores/load/open-driver.ts'

/** Credits as a gateway opens them, spool and all. */
export interface Spending {
  readonly driver: CreditDriver
  close(): Promise<void>
}

const silent = { info() {}, warn() {}, error() {} }

export async function openSpending(address: string, spool: string): Promise<Spending> {
  const store = openStore(address)
  const driver = openCredits(store, { logger: silent, spool })
  await untilStarted(driver)
  return {
    driver,
    async close() {
      await driver.close()
      await store.close()
    },
  }
}
