import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { createMemoryCreditDriver } from '../../packages/core/src/credits/memory-driver.ts'
import { createSqliteCreditDriver } from '../../packages/core/src/credits/sqlite-driver.ts'

/**
 * What a hold and its settlement cost, 64 calls at once on one account, without a gateway around them:
 * `npm run bench:credits`.
 */
const atOnce = 64
const account = 'bench'
const folder = mkdtempSync(join(tmpdir(), 'tollgate-credits-'))
const logger = { info() {}, warn() {}, error: console.error }

/** What a call of today's gateway writes into its row. */
const meta = {
  accessKeyId: 'key',
  provider: 'openai',
  model: 'gpt-4o-2024-08-06',
  requested: 'gpt-4o',
  credential: 'managed',
  tier: 'default',
  usage: { text_in: 12, text_out: 34 },
  rates: { text_in: '2500000', text_out: '10000000' },
  usageSource: 'provider',
  clientDialect: 'openai-chat',
  upstreamDialect: 'openai-chat',
  streaming: false,
  status: 'succeeded',
  startedAt: Date.now(),
  durationMs: 3,
  firstByteMs: 2,
  catalog: 'bench',
}

async function pair(driver: CreditDriver): Promise<void> {
  const id = createCallId()
  await driver.hold({ id, account, amount: 1_000_000n, ttlMs: 900_000 })
  await driver.settle({ id, account, modelCost: 370_000n, fee: 2300n, meta })
}

async function run(driver: CreditDriver, each: number): Promise<void> {
  const one = async () => {
    for (let done = 0; done < each; done++) await pair(driver)
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

async function measure(name: string, driver: CreditDriver): Promise<void> {
  await driver.init()
  await driver.credit({ account, ref: 'start', amount: 10n ** 15n, kind: 'topup' })
  await run(driver, 500)
  const [processor, start, each] = [process.cpuUsage(), performance.now(), 1000]
  await run(driver, each)
  const { user, system } = process.cpuUsage(processor)
  const pairs = each * atOnce
  const rate = Math.round((pairs / (performance.now() - start)) * 1000)
  const { ok } = await driver.audit(account)
  console.log(
    `${name}: ${rate} pairs a second, ${((user + system) / pairs).toFixed(1)} µs of processor a pair, audit ${ok ? 'clean' : 'BROKEN'}`,
  )
  await driver.close()
}

try {
  await measure('memory', createMemoryCreditDriver())
  await measure('sqlite', createSqliteCreditDriver({ file: join(folder, 'credits.db'), logger }))
} finally {
  rmSync(folder, { recursive: true })
}
