import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { chargeLeft, fee, openLeftCalls } from './left-calls.ts'
import { openSpenderLog } from './spender-log.ts'
import { openSpending } from './spending.ts'

/**
 * A process that spends: many calls at once, each a hold, perhaps an extension, and a settlement or a release. Some are
 * left to whoever comes across them, and some take so long that their process is often killed under them. What
 * has no answer is asked again with the same id, as a gateway does. It ends when it is killed.
 */
const [store = '', spool = '', logFile = '', accounts = '', ttl = '3000', width = '8'] = process.argv.slice(2)
const ttlMs = Number(ttl)
const names = accounts.split(',')
const log = openSpenderLog(logFile)
const left = openLeftCalls(dirname(logFile))
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

async function hold(credits: CreditDriver) {
  const account = names[below(names.length)] ?? ''
  const id = createCallId()
  const limits = [
    { id: `key-${below(3)}`, concurrency: 1000 },
    { id: 'of the account', concurrency: 2000 },
  ]
  const amount = BigInt(1_000_000 + below(1_000_000))
  const held = await untilKnown(() => credits.hold({ id, account, amount, ttlMs, limits }))
  return held.ok ? { id, account, amount } : undefined
}

async function call(credits: CreditDriver, lastsMs = 0): Promise<void> {
  const held = await hold(credits)
  if (!held) return sleep(5)
  const { id, account, amount } = held
  const modelCost = BigInt(below(Number(amount)))
  const known = { id, account, amount: String(modelCost + fee) }
  if (below(10) === 0) {
    await untilKnown(() => credits.handOver?.(id, account))
    return left.add(known)
  }
  if (lastsMs > 0) await sleep(lastsMs)
  if (below(4) === 0) await untilKnown(() => credits.extend(id, account, { toAmount: amount * 2n }))
  if (below(10) === 0) return void (await untilKnown(() => credits.release(id, account)))
  log.write({ what: 'asked', ...known })
  const settled = await untilKnown(() =>
    credits.settle({ id, account, modelCost, fee, meta: { from: process.pid } }),
  )
  if (settled.state !== 'unknown')
    log.write({ what: 'charged', id, account, amount: String(settled.charged) })
}

async function spend(): Promise<never> {
  for (;;) await call(driver)
}

async function spendSlowly(): Promise<never> {
  for (;;) await call(driver, 1000 + below(2000))
}

/** Those of all processes, a few at a time and not only once. */
async function chargeOthers(): Promise<never> {
  for (;;) {
    const calls = left.list()
    for (let tries = 0; tries < 8 && calls.length > 0; tries += 1) {
      const one = calls[below(calls.length)]
      if (one) await untilKnown(() => chargeLeft(driver, one, log.write))
    }
    await sleep(250)
  }
}

process.send?.('ready')
await Promise.all([
  ...Array.from({ length: Number(width) }, spend),
  ...Array.from({ length: Number(width) }, spendSlowly),
  chargeOthers(),
])
