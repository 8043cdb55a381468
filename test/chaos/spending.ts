import { setTimeout as sleep } from 'node:timers/promises'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { openCredits } from '../../packages/core/src/credits/open-credits.ts'
import { openStore } from '../../packages/core/src/store/open-store.ts'

/** Credits as a gateway opens them, spool and all. */
export interface Spending {
  readonly driver: CreditDriver
  close(): Promise<void>
}

const silent = { info() {}, warn() {}, error() {} }

export async function openSpending(address: string, spool: string): Promise<Spending> {
  const store = openStore(address)
  const driver = openCredits(store, { logger: silent, spool })
  // A server that has just been killed needs a moment until it answers.
  for (let tries = 1; ; tries += 1) {
    try {
      await driver.init()
      break
    } catch (error) {
      if (tries === 100) throw error
      await sleep(100)
    }
  }
  return {
    driver,
    async close() {
      await driver.close()
      await store.close()
    },
  }
}
