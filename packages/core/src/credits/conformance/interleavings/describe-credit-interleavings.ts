import { strictEqual } from 'node:assert/strict'
import { createCallId } from '../../call-id.ts'
import type { CreditDriver } from '../../driver.ts'
import type { CreateDriver, TestFunction } from '../options.ts'
import { limitedAccount, limitedKeys, runCaller } from './caller.ts'
import { createRandom } from './random.ts'
import { reckonAccount } from './reckoning.ts'
import { nothingSeen, type Seen } from './seen.ts'

/** The test runner's function, the drivers to test, and how many operations to fire at them. */
export interface CreditInterleavingOptions {
  readonly test: TestFunction
  /** Called once for each of the `drivers`, all of which must be over one store. */
  readonly create: CreateDriver
  /** How many drivers share the store. @default 1 */
  readonly drivers?: number
  /** @default 10000 */
  readonly interleavings?: number
  /** Under way at the same time. @default 32 */
  readonly callers?: number
  /** Repeats the choices of a run, though not the order in which a store gets them. @default random */
  readonly seed?: number
  /** @default 120000 */
  readonly timeoutMs?: number
}

const opening = 3000n
const day = 86_400_000

/**
 * Fires random operations of many callers at once, ids repeated at the same moment among them, and holds what
 * the callers were told against what the store says afterwards.
 *
 * @example
 * describeCreditInterleavings({ test, drivers: 3, create: async ({ now }) => createMyDriver({ pool, now }) })
 */
export function describeCreditInterleavings(options: CreditInterleavingOptions): void {
  const { test, create, drivers: count = 1, interleavings = 10_000, timeoutMs = 120_000 } = options
  const title = `P1 P3 P18 in ${interleavings} operations at once every id has one outcome and no sum is off`
  const body = async () => {
    const clock = { now: Date.now() }
    const drivers: CreditDriver[] = []
    try {
      while (drivers.length < count) drivers.push(await create({ now: () => clock.now }))
      await interleave({ ...options, interleavings }, drivers, clock)
    } finally {
      for (const driver of drivers) await driver.close()
    }
  }
  test(title, body, timeoutMs)
}

async function interleave(
  { interleavings, callers = 32, seed = Math.floor(Math.random() * 2 ** 31) }: ReckonedOptions,
  drivers: readonly CreditDriver[],
  clock: { now: number },
): Promise<void> {
  const [driver] = drivers
  if (!driver) throw new Error('There is no driver.')
  const name = crypto.randomUUID()
  const accounts = [name, `${name} b`, `${name}:{b}`]
  for (const account of accounts)
    await driver.credit({ account, ref: 'opening', amount: opening, kind: 'topup' })
  const seen = nothingSeen(interleavings)
  const options = { drivers, accounts, clock, random: createRandom(seed), seen }
  try {
    await Promise.all(Array.from({ length: callers }, () => runCaller(options)))
    await reckon({ driver, accounts, clock, seen })
  } catch (error) {
    throw new Error(`With the seed ${seed}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
}

type ReckonedOptions = Pick<CreditInterleavingOptions, 'callers' | 'seed'> & {
  readonly interleavings: number
}

interface Reckoning {
  readonly driver: CreditDriver
  readonly accounts: readonly string[]
  readonly clock: { now: number }
  readonly seen: Seen
}

async function reckon({ driver, accounts, clock, seen }: Reckoning): Promise<void> {
  const most = limitedAccount.concurrency * accounts.length
  strictEqual(seen.mostUnderWay <= most, true, `${seen.mostUnderWay} calls were under way, not ${most}`)
  clock.now += day
  while ((await driver.expire(100)) > 0);
  for (const account of accounts) await reckonAccount({ driver, account, seen, opening })
  for (const account of accounts) await checkSlots(driver, account, clock.now)
}

/** The keys and their account have as many slots as at first: holds of nothing, since there may be no credits left. */
async function checkSlots(driver: CreditDriver, account: string, now: number): Promise<void> {
  for (const { id, concurrency } of [...limitedKeys, limitedAccount]) {
    const limits = [{ id, concurrency }]
    const take = () => driver.hold({ id: createCallId(now), account, amount: 0n, ttlMs: 1000, limits })
    for (let slot = 0; slot < concurrency; slot += 1) strictEqual((await take()).ok, true)
    const refused = await take()
    strictEqual(!refused.ok && refused.reason, 'concurrency')
  }
}
