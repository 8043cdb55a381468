import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { collect } from '../../store/collect.ts'
import { createCallId } from '../call-id.ts'
import type {
  Balance,
  CreditDriver,
  CreditRequest,
  CreditResult,
  HoldRefusal,
  HoldRequest,
  HoldResult,
  LedgerEntry,
  SettleRequest,
} from '../driver.ts'

/** A driver with an account of its own, and a clock to turn. */
export interface Bench {
  readonly driver: CreditDriver
  readonly account: string
  readonly clock: { now: number }
  /** 100 for a minute. */
  hold(request?: Partial<HoldRequest>): ReturnType<CreditDriver['hold']>
  /** A hold that must be taken. Returns its id. */
  take(request?: Partial<HoldRequest>): Promise<string>
  /** 30 of model cost and a fee of 10. */
  settle(id: string, request?: Partial<SettleRequest>): ReturnType<CreditDriver['settle']>
  grant(amount: bigint, ref?: string): Promise<void>
  credit(request: Omit<CreditRequest, 'account'>): Promise<CreditResult>
  /** Checks what the account has now. */
  has(expected: Partial<Balance>): Promise<void>
}

/** Tests by their name, which states what is promised. */
export type Contract = Readonly<Record<string, (bench: Bench) => Promise<void>>>

let accounts = 0

export function createBench(driver: CreditDriver, clock: { now: number }): Bench {
  accounts += 1
  const account = `account-${crypto.randomUUID()}-${accounts}`
  const credit = (request: Omit<CreditRequest, 'account'>) => driver.credit({ account, ...request })
  const hold = (request: Partial<HoldRequest> = {}) =>
    driver.hold({ id: createCallId(clock.now), account, amount: 100n, ttlMs: 60_000, ...request })
  return {
    driver,
    account,
    clock,
    hold,
    async take(request) {
      const id = createCallId(clock.now)
      const taken = await hold({ id, ...request })
      strictEqual(taken.ok, true)
      return request?.id ?? id
    },
    settle: (id, request) =>
      driver.settle({ id, account, modelCost: 30n, fee: 10n, meta: { provider: 'test' }, ...request }),
    grant: async (amount, ref = 'grant') => {
      await credit({ amount, ref, kind: 'topup' })
    },
    credit,
    async has(expected) {
      const balance = await driver.balance(account)
      const names = Object.keys(expected) as (keyof Balance)[]
      deepStrictEqual(Object.fromEntries(names.map((name) => [name, balance[name]])), expected)
    },
  }
}

/** Begins a minute, so that the windows of a minute are known. */
export function beginMinute(clock: { now: number }): void {
  clock.now = Math.ceil(clock.now / 60_000) * 60_000
}

/** Why a hold or an extension was refused; undefined when it was not. */
export function reasonOf(result: HoldResult): HoldRefusal | undefined {
  return result.ok ? undefined : result.reason
}

export function readRows(driver: CreditDriver, account: string, from?: number): Promise<LedgerEntry[]> {
  return collect(driver.ledger(account, from))
}
