import { setTimeout as sleep } from 'node:timers/promises'
import { createCallId } from '../../../packages/core/src/credits/call-id.ts'
import { createSpool } from '../../../packages/core/src/credits/spool/spool.ts'
import { createSpooledDriver } from '../../../packages/core/src/credits/spooled-driver.ts'
import { createSqliteCreditDriver } from '../../../packages/core/src/credits/sqlite-driver.ts'
import { closeOnSignal } from '../../../packages/core/src/gateway-signals.ts'

/**
 * Holds and charges one call on a store in a file, and dies at the stage that it is told; or, at `signal`, waits
 * with its charge for a store that stands still, until it is told to end.
 */
const [, , file = '', folder = '', stage = ''] = process.argv
const die = () => process.kill(process.pid, 'SIGKILL')
const account = 'acme'

const store = createSqliteCreditDriver({ file, logger: console })
const goesOn = Promise.withResolvers<void>()
const spool = createSpool({ folder, store: 'test', logger: console })
const driver = createSpooledDriver(
  {
    ...store,
    async settle(request) {
      if (stage === 'after the line') die()
      if (stage === 'signal') await goesOn.promise
      const result = await store.settle(request)
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
// As a store elsewhere keeps every hold.
await store.handOver?.(id, account)
// What is written without a sync of its own is written by then.
await sleep(100)
process.stdout.write(`${id}\n`)
const request = { id, account, modelCost: 40n, fee: 1n, meta: { model: 'gpt-4o' } }

if (stage === 'signal') {
  closeOnSignal(() => driver.close())
  void driver.settle(request)
  setInterval(() => {}, 1000)
  process.once('message', () => setTimeout(goesOn.resolve, 500))
  process.send?.('waiting')
} else {
  const settling = driver.settle(request)
  if (stage === 'before the line') die()
  await settling
  if (stage === 'after all') die()
}
