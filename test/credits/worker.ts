import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import { createSqliteCreditDriver } from '../../packages/core/src/credits/sqlite-driver.ts'

/**
 * Holds and settles without end on the file it is given, and writes a line for every settlement that was
 * acknowledged, until it is killed.
 */
const [, , file = '', account = ''] = process.argv
const driver = createSqliteCreditDriver({ file, logger: console })
await driver.init()
await driver.credit({ account, ref: `start-${process.pid}`, amount: 1_000_000_000_000n, kind: 'topup' })
process.stdout.write('ready\n')

async function spend(): Promise<never> {
  for (;;) {
    const id = createCallId()
    const held = await driver.hold({ id, account, amount: 1000n, ttlMs: 60_000 })
    if (!held.ok) throw new Error(held.reason)
    const settled = await driver.settle({ id, account, modelCost: 700n, fee: 7n, meta: {} })
    if (settled.state === 'settled') process.stdout.write(`${id} ${settled.charged} ${settled.seq}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, spend))
