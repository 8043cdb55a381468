import { setTimeout as sleep } from 'node:timers/promises'
import type { CreditDriver } from '../../../packages/core/src/credits/driver.ts'
import { openCredits, openRemote } from '../../../packages/core/src/credits/open-credits.ts'
import { openStore } from '../../../packages/core/src/store/open-store.ts'

const silent = { info() {}, warn() {}, error() {} }

/** The driver of a store, without a spool around it; a server may need a moment until it answers. */
export async function openDriver(address: string): Promise<CreditDriver> {
  const place = openStore(address)
  const isElsewhere = place.kind !== 'memory' && place.kind !== 'sqlite'
  const driver = isElsewhere ? openRemote(place, silent) : openCredits(place, { logger: silent, spool: '' })
  await untilStarted(driver)
  return driver
}

/** A server that has just been started, or killed, needs a moment until it answers. */
export async function untilStarted(driver: CreditDriver): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await driver.init()
    } catch (error) {
      if (tries === 100) throw error
      await sleep(100)
    }
  }
}
