import { spendExactly } from './exact.ts'
import type { Job } from './job.ts'
import { openKeyv, spendNaively } from './naive.ts'
import { openDriver } from './open-driver.ts'
import { spendAll } from './spend.ts'

/** One process of a load: says when it is ready, begins when it is told, and says what came of it. */
const job = JSON.parse(process.argv[2] ?? '') as Job

async function open() {
  if (job.manner === 'exact') {
    const driver = await openDriver(job.store)
    return { spend: spendExactly(driver), close: () => driver.close() }
  }
  const keyv = openKeyv(job.store)
  return { spend: spendNaively(keyv), close: () => keyv.disconnect() }
}

const { spend, close } = await open()
process.once('message', async () => {
  const outcome = await spendAll(spend, job)
  await close()
  process.send?.(outcome, () => process.exit(0))
})
process.send?.('ready')
