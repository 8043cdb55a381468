import type { CreditDriver } from '../../driver.ts'
import { createMemoryCreditDriver } from '../../memory-driver.ts'
import type { CreateDriver, TestFunction } from '../options.ts'
import { type DrawnSequence, drawSequence } from './draw.ts'
import type { FastCheck } from './fast-check.ts'
import { type Pair, playInLockstep } from './lockstep.ts'

/** The test runner's function, fast-check, the driver to test, and how long to look. */
export interface CreditModelOptions {
  readonly test: TestFunction
  /** The module `fast-check`, 3 or later. */
  readonly fc: FastCheck
  readonly create: CreateDriver
  /** Sequences. @default 200 */
  readonly runs?: number
  /** Operations of a sequence at most. @default 60 */
  readonly steps?: number
  /** Repeats what a failure printed. */
  readonly seed?: number
  readonly path?: string
  /** @default 180000 */
  readonly timeoutMs?: number
  /** What `create` makes has what the one before has left: it is ended and made anew in the midst of sequences. */
  readonly restarts?: boolean
  /**
   * Every other time a driver is not closed but killed: this leaves what the end of its process would leave, for the next
   * `create`. @default it is closed
   */
  readonly kill?: (driver: CreditDriver) => Promise<void>
}

/**
 * Runs random sequences of operations on a driver and on the one in memory, with one clock, and compares every
 * answer field for field, the balances, the ledgers and the audits. Nobody else may use the driver's store
 * meanwhile.
 *
 * @example
 * import fc from 'fast-check'
 * describeCreditModel({ test, fc, create: async ({ now }) => createMemoryCreditDriver({ now }) })
 */
export function describeCreditModel({
  test,
  fc,
  create,
  runs = 200,
  steps = 60,
  seed,
  path,
  timeoutMs = 180_000,
  restarts = false,
  kill = (driver) => driver.close(),
}: CreditModelOptions): void {
  const again = { ...(seed !== undefined && { seed }), ...(path !== undefined && { path }) }
  const body = async () => {
    const clock = { now: Date.now() }
    const now = () => clock.now
    let driver = await create({ now })
    const restart = async (isKilled: boolean) => {
      if (!restarts) return
      await (isKilled ? kill(driver) : driver.close())
      driver = await create({ now })
    }
    const pairWith = (model: CreditDriver): Pair => ({
      get driver() {
        return driver
      },
      model,
      clock,
      restart,
    })
    try {
      const play = shortenFor(20_000, (drawn: DrawnSequence) =>
        playInLockstep(pairWith(createMemoryCreditDriver({ now })), drawn),
      )
      const property = fc.asyncProperty(drawSequence(fc, steps), play)
      await fc.assert(property as never, { numRuns: runs, ...again })
    } finally {
      await driver.close()
    }
  }
  test(
    `in ${runs} random sequences it answers as the driver in memory does, field for field`,
    body,
    timeoutMs,
  )
}

/** Once a value has failed, shorter ones that fail are looked for only so long: a failure must be told in time. */
function shortenFor<Value>(
  ms: number,
  body: (value: Value) => Promise<void>,
): (value: Value) => Promise<void> {
  let failedAt: number | undefined
  return async (value) => {
    if (failedAt !== undefined && Date.now() - failedAt > ms) return
    try {
      await body(value)
    } catch (error) {
      failedAt ??= Date.now()
      throw error
    }
  }
}
