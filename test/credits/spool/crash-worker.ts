import { setTimeout as sleep } from 'node:timers/promises'
import { createCallId } from '../../../packages/core/src/credits/call-id.ts'
import { createSpool } from '../../../packages/core/src/credits/spool/spool.ts'
import { createSpooledDriver } from '../../../packages/core/src/credits/spooled-driver.ts'
import { createSqliteCreditDriver } from '../../../packages/core/src/credits/sqlite-driver.ts'
import { closeOnSignal } from '../../../packages/core/src/gateway-signals.ts'
import { createOutage } from './outage.ts'

/**
 * Holds and charges one call on a store in a file, and dies at the stage that it is told; or, at `signal`, waits
 * with its charge for a store that is down for a moment, until it is told to end.
 */
const [, , file = '', folder = '', stage = ''] = process.argv
const die = () => process.kill(process.pid, 'SIGKILL')
const account = 'acme'

const outage = createOutage(createSqliteCreditDriver({ file, logger: console }))
const spool = createSpool({ folder, store: 'test', logger: console })
const driver = createSpooledDriver(
  {
    ...outage.driver,
    async settle(request) {
      if (stage === 'after the line') die()
      const result = await outage.driver.settle(request)
      if (stage === 'after the commit') die()
      return result
    },
  },
  () => spool,
)
await driver.init()
await driver.credit({ account, ref: 'start', amount: 1_000_000n, kind: 'topup' })
const id = createCallId()
await driver.hold({ id, account, amount: 100n, ttlMs: 60_000 })
// What is written without a sync of its own is written by then; a hold in a file takes two seconds.
await sleep(stage === 'after the line' ? 2500 : 100)
process.stdout.write(`${id}\n`)
const request = { id, account, modelCost: 40n, fee: 1n, meta: { model: 'gpt-4o' } }

async function untilMade(): Promise<void> {
  try {
    await driver.settle(request)
  } catch {
    await sleep(50)
    await untilMade()
  }
}

if (stage === 'signal') {
  outage.isDown = true
  closeOnSignal(() => driver.close())
  void untilMade()
  setInterval(() => {}, 1000)
  process.once('message', () => {
    setTimeout(() => {
      outage.isDown = false
    }, 500)
  })
  process.send?.('waiting')
} else {
  const settling = driver.settle(request)
  if (stage === 'before the line') die()
  await settling
  if (stage === 'after all') die()
}
