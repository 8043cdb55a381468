import { join } from 'node:path'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { openSpenderLog, readSpenderLog, type SpenderEntry } from './spender-log.ts'

type LeftCall = Omit<SpenderEntry, 'what'>

/** Calls that go on without the process that began them, as responses in the background do. */
export interface LeftCalls {
  /** The hold has been handed over. */
  add(call: LeftCall): void
  /** All that were ever left, charged or not: a process may die before it has noted that one is over. */
  list(): readonly LeftCall[]
}

export const fee = 7n

/** One file for all processes, whose lines never mix: each is one write to its end. */
export function openLeftCalls(folder: string): LeftCalls {
  const file = join(folder, 'left.log')
  const log = openSpenderLog(file)
  return {
    add: (call) => log.write({ what: 'left', ...call }),
    list: () => readSpenderLog(file),
  }
}

/** Charges a call that was left: as often as anybody comes across it, always the same. */
export async function chargeLeft(
  driver: CreditDriver,
  { id, account, amount }: LeftCall,
  tell: (entry: SpenderEntry) => void,
): Promise<void> {
  tell({ what: 'asked', id, account, amount })
  const modelCost = BigInt(amount) - fee
  const settled = await driver.settle({ id, account, modelCost, fee, meta: { from: 'another' } })
  if (settled.state !== 'unknown') tell({ what: 'charged', id, account, amount: String(settled.charged) })
}
