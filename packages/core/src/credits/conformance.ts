import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { createBench } from './conformance/bench.ts'
import { grantContract } from './conformance/grants.ts'
import { holdContract } from './conformance/holds.ts'
import { keyContract } from './conformance/keys.ts'
import { ledgerContract } from './conformance/ledger.ts'
import type { CreateDriver, TestFunction } from './conformance/options.ts'

/** The test runner's functions and the driver to test. */
export interface ConformanceOptions {
  readonly test: TestFunction
  readonly create: CreateDriver
}

const contract = { ...holdContract, ...grantContract, ...keyContract, ...ledgerContract }

/**
 * The contract of a credit driver as tests: run it against any implementation. Every test uses an account of
 * its own and ends with an audit.
 *
 * @example
 * describeCreditDriver({ test, create: async ({ now }) => createMemoryCreditDriver({ now }) })
 */
export function describeCreditDriver({ test, create }: ConformanceOptions): void {
  for (const [name, body] of Object.entries(contract)) {
    test(name, async () => {
      const clock = { now: Date.now() }
      const driver = await create({ now: () => clock.now })
      const bench = createBench(driver, clock)
      try {
        await body(bench)
        const report = await driver.audit(bench.account)
        deepStrictEqual(report.problems, [])
        strictEqual(report.ok, true)
      } finally {
        await driver.close()
      }
    })
  }
}
