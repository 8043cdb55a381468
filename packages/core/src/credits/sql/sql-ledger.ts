import type {
  Balance,
  CreditDriver,
  CreditRequest,
  ExtendRequest,
  HoldRequest,
  LedgerEntry,
  SettleRequest,
} from '../driver.ts'
import type { AuditedAccount } from '../engine/audit.ts'
import type { Outcome } from './decode-outcome.ts'

/** Requests in the words of a database. */
export interface StepEncoder<Step> {
  hold(request: HoldRequest): Step
  extend(id: string, account: string, request: ExtendRequest): Step
  settle(request: SettleRequest): Step
  release(id: string, account: string): Step
  credit(request: CreditRequest): Step
  expire(account: string, most: number): Step
}

export interface BalanceReading {
  readonly balance: Balance
  /** Grants have ended that nobody has taken back yet. */
  readonly isDue: boolean
}

export interface LedgerRange {
  readonly from: number
  /** @default every row that is there in the end */
  readonly to?: number
}

/**
 * A database whose own code decides each step, as its driver sees it. Times are milliseconds since the epoch, and
 * undefined for the server's clock. Everything is bounded by a timeout, and rejects when there is no clear answer.
 */
export interface SqlLedger<Step> {
  readonly kind: string
  readonly encode: StepEncoder<Step>
  /** Makes the tables and the code unless they are there. Resolves to what an acknowledged charge survives. */
  install(): Promise<CreditDriver['durability']>
  identity(): Promise<string>
  /** A step of a call. */
  take(step: Step, now: number | undefined): Promise<Outcome>
  /** A step that is rarer or longer, and keeps no call waiting. */
  takeAside(step: Step, now: number | undefined): Promise<Outcome>
  readBalance(account: string, now: number | undefined): Promise<BalanceReading>
  readAudited(account: string): Promise<AuditedAccount>
  readDueAccounts(due: { readonly now: number | undefined; readonly limit: number }): Promise<string[]>
  readLedger(account: string, range: LedgerRange): AsyncIterable<LedgerEntry>
  /** The newest row that ended a call. */
  findCall(account: string, id: string): Promise<LedgerEntry | undefined>
  readAccounts(): AsyncIterable<string>
  /** Resolves once nothing is under way. */
  idle(): Promise<void>
}
