import { setTimeout as sleep } from 'node:timers/promises'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { openSpenderLog } from './spender-log.ts'
import { openSpending } from './spending.ts'

/**
 * A process that spends: many calls at once, each a hold, perhaps an extension, and a settlement or a release. What
 * has no answer is asked again with the same id, as a gateway does. It ends when it is killed.
 */
const [store = '', spool = '', logFile = '', accounts = '', ttl = '3000', width = '8'] = process.argv.slice(2)
const ttlMs = Number(ttl)
const names = accounts.split(',')
const log = openSpenderLog(logFile)
const { driver } = await openSpending(store, spool)

async function untilKnown<Result>(step: () => Result | Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await step()
    } catch {
      await sleep(20 + Math.random() * 50)
    }
  }
}

const below = (limit: number) => Math.floor(Math.random() * limit)

async function call(credits: CreditDriver): Promise<void> {
  const account = names[below(names.length)] ?? ''
  const id = createCallId()
  const limits = [
    { id: `key-${below(3)}`, concurrency: 1000 },
    { id: 'of the account', concurrency: 2000 },
  ]
  const amount = BigInt(1_000_000 + below(1_000_000))
  const held = await untilKnown(() => credits.hold({ id, account, amount, ttlMs, limits }))
  if (!held.ok) return sleep(5)
  if (below(4) === 0) await untilKnown(() => credits.extend(id, account, { toAmount: amount * 2n }))
  if (below(10) === 0) return void (await untilKnown(() => credits.release(id, account)))
  const modelCost = BigInt(below(Number(amount)))
  log.write({ what: 'asked', id, account, amount: String(modelCost + 7n) })
  const settled = await untilKnown(() =>
    credits.settle({ id, account, modelCost, fee: 7n, meta: { from: process.pid } }),
  )
  if (settled.state !== 'unknown')
    log.write({ what: 'charged', id, account, amount: String(settled.charged) })
}

async function spend(): Promise<never> {
  for (;;) await call(driver)
}

process.send?.('ready')
await Promise.all(Array.from({ length: Number(width) }, spend))
