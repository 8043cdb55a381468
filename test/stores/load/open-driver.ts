import type { CreditDriver } from '../../../packages/core/src/credits/driver.ts'
import { openCredits } from '../../../packages/core/src/credits/open-credits.ts'
import { openStore } from '../../../packages/core/src/store/open-store.ts'

const silent = { info() {}, warn() {}, error() {} }

/** The driver of a store, without a spool around it. */
export async function openDriver(address: string): Promise<CreditDriver> {
  const driver = openCredits(openStore(address), silent)
  await driver.init()
  return driver
}
