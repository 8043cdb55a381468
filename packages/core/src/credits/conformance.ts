import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { type Bench, type Contract, createBench } from './conformance/bench.ts'
import { exactnessContract } from './conformance/exactness.ts'
import { expiringGrantContract } from './conformance/expiring-grants.ts'
import { expiryContract } from './conformance/expiry.ts'
import { extensionContract } from './conformance/extensions.ts'
import { grantContract } from './conformance/grants.ts'
import { holdContract } from './conformance/holds.ts'
import { keyContract } from './conformance/keys.ts'
import { ledgerContract } from './conformance/ledger.ts'
import { limitSetContract } from './conformance/limit-sets.ts'
import type { CreateDriver, TestFunction } from './conformance/options.ts'
import { replayContract } from './conformance/replays.ts'
import { requestContract } from './conformance/requests.ts'
import { spendWindowContract } from './conformance/spend-windows.ts'

/** The test runner's functions and the driver to test. */
export interface ConformanceOptions {
  readonly test: TestFunction
  readonly create: CreateDriver
}

const contract = {
  ...holdContract,
  ...extensionContract,
  ...expiryContract,
  ...replayContract,
  ...grantContract,
  ...expiringGrantContract,
  ...keyContract,
  ...limitSetContract,
  ...spendWindowContract,
  ...exactnessContract,
  ...ledgerContract,
  ...requestContract,
}

/**
 * The contract of a credit driver as tests: run it against any implementation. Every test uses an account of
 * its own, and ends with every hold over and an audit.
 *
 * @example
 * describeCreditDriver({ test, create: async ({ now }) => createMemoryCreditDriver({ now }) })
 */
export function describeCreditDriver({ test, create }: ConformanceOptions): void {
  const clock = { now: 0 }
  for (const [name, body] of Object.entries(contract)) {
    test(name, async () => {
      clock.now = Date.now()
      const driver = await create({ now: () => clock.now })
      try {
        await checkContract(createBench(driver, clock), body)
      } finally {
        await driver.close()
      }
    })
  }
}

/** Longer than any hold of a contract lasts. */
const afterAll = 500 * 86_400_000

async function checkContract(bench: Bench, body: Contract[string]): Promise<void> {
  const { driver, account, clock } = bench
  const sweep = async () => {
    while ((await driver.expire(1000)) > 0);
  }
  await sweep()
  try {
    await body(bench)
  } finally {
    clock.now += afterAll
    await sweep()
  }
  strictEqual((await driver.balance(account)).held, 0n)
  const { problems, ok } = await driver.audit(account)
  deepStrictEqual({ problems, ok }, { problems: [], ok: true })
}
