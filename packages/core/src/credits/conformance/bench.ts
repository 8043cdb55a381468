import { collect } from '../../store/collect.ts'
import { createCallId } from '../call-id.ts'
import type { CreditDriver, HoldRequest, LedgerEntry, SettleRequest } from '../driver.ts'

/** A driver with an account of its own, and a clock to turn. */
export interface Bench {
  readonly driver: CreditDriver
  readonly account: string
  readonly clock: { now: number }
  /** 100 for a minute. */
  hold(request?: Partial<HoldRequest>): ReturnType<CreditDriver['hold']>
  /** 30 of model cost and a fee of 10. */
  settle(id: string, request?: Partial<SettleRequest>): ReturnType<CreditDriver['settle']>
  grant(amount: bigint, ref?: string): Promise<void>
}

/** Tests by their name, which states what is promised. */
export type Contract = Readonly<Record<string, (bench: Bench) => Promise<void>>>

let accounts = 0

export function createBench(driver: CreditDriver, clock: { now: number }): Bench {
  accounts += 1
  const account = `account-${crypto.randomUUID()}-${accounts}`
  return {
    driver,
    account,
    clock,
    hold: (request) =>
      driver.hold({ id: createCallId(clock.now), account, amount: 100n, ttlMs: 60_000, ...request }),
    settle: (id, request) =>
      driver.settle({ id, account, modelCost: 30n, fee: 10n, meta: { provider: 'test' }, ...request }),
    grant: async (amount, ref = 'grant') => {
      await driver.credit({ account, amount, ref, kind: 'topup' })
    },
  }
}

export function readRows(driver: CreditDriver, account: string, from?: number): Promise<LedgerEntry[]> {
  return collect(driver.ledger(account, from))
}
