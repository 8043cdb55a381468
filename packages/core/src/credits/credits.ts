import { formatUsd, parseUsd } from '../billing/money.ts'
import {
  account,
  exportSchema,
  grantSchema,
  invalid,
  parse,
  sequence,
  withdrawSchema,
} from './credit-input.ts'
import type { AuditReport, CreditDriver, CreditKind, CreditRequest, LedgerEntry } from './driver.ts'
import { type ExportFormat, exportRows } from './export-ledger.ts'

/** Metadata of a ledger row: JSON of at most 4096 characters. */
export type CreditMetadata = Readonly<Record<string, unknown>>

/** Credits to add. The reference makes it safe to repeat. */
export interface GrantInput {
  readonly account: string
  /** US dollars as decimal text: `'25.00'`. */
  readonly amount: string
  /** Names this grant, an invoice or payment id: repeating it changes nothing. */
  readonly reference: string
  /** Milliseconds since the epoch, or a Date: what is unspent then is taken back. */
  readonly expiresAt?: number | Date
  /** @default 'topup' */
  readonly kind?: 'topup' | 'promotion' | 'refund' | 'adjust_up'
  readonly metadata?: CreditMetadata
}

/** Credits to take back. The reference makes it safe to repeat. */
export interface WithdrawInput {
  readonly account: string
  readonly amount: string
  readonly reference: string
  /** @default 'withdraw' */
  readonly kind?: 'withdraw' | 'adjust_down'
  readonly metadata?: CreditMetadata
}

/** The outcome of a grant or a withdrawal, amounts in US dollars as decimal text. */
export interface CreditChange {
  /** True when this reference had been used before with the same terms; nothing was changed. */
  readonly replay: boolean
  readonly available: string
  /** What a withdrawal could not take because it was not there. */
  readonly shortfall: string
}

/** US dollars as decimal text, nine places. */
export interface AccountBalance {
  readonly available: string
  readonly held: string
  readonly spent: string
  readonly granted: string
}

/** One ledger row, amounts in US dollars as decimal text. */
export interface LedgerRow
  extends Omit<LedgerEntry, 'amount' | 'modelCost' | 'fee' | 'shortfall' | 'availableAfter' | 'heldAfter'> {
  readonly amount: string
  readonly modelCost: string
  readonly fee: string
  readonly shortfall: string
  readonly availableAfter: string
  readonly heldAfter: string
}

/** What to write of the ledger, and how. */
export interface ExportOptions {
  readonly format: ExportFormat
  /** @default every account */
  readonly account?: string
}

/** Prepaid credits of accounts. Every method rejects with `store_unavailable` when the outcome is unknown. */
export interface Credits {
  /** @throws GatewayError `invalid_request` that names the member, `idempotency_conflict` for a reference used on other terms. */
  grant(input: GrantInput): Promise<CreditChange>
  /** Takes at most what is available; the rest is `shortfall`. */
  withdraw(input: WithdrawInput): Promise<CreditChange>
  balance(account: string): Promise<AccountBalance>
  /** In the order of its gapless sequence numbers. */
  ledger(account: string, fromSequence?: number): AsyncIterable<LedgerRow>
  /**
   * Computes everything again from the ledger: balance, holds, keys, expiring grants, and each charge from its
   * counts and rates. Names the first row that disagrees.
   */
  audit(account: string): Promise<AuditReport>
  /** The ledger as text, a line at a time, of one account or of all. */
  export(options: ExportOptions): AsyncIterable<string>
  accounts(): AsyncIterable<string>
}

/** The operator's view of a credit driver. */
export function createCredits(driver: CreditDriver): Credits {
  const apply = async (terms: Terms): Promise<CreditChange> => {
    const { replay, available, shortfall } = await driver.credit(toRequest(terms))
    return { replay, available: formatUsd(available), shortfall: formatUsd(shortfall) }
  }
  const rows = (name: string, fromSequence = 1) =>
    driver.ledger(parse(account, name), parse(sequence, fromSequence, 'fromSequence'))
  async function* ledger(name: string, fromSequence?: number): AsyncGenerator<LedgerRow, void> {
    for await (const entry of rows(name, fromSequence)) yield renderEntry(entry)
  }
  async function* rowsOf(name: string | undefined): AsyncGenerator<LedgerRow, void> {
    if (name !== undefined) return yield* ledger(name)
    for await (const each of driver.accounts()) yield* ledger(each)
  }
  return {
    grant: async (input) => {
      const terms = parse(grantSchema, input)
      assertFuture(terms.expiresAt)
      return apply(terms)
    },
    withdraw: async (input) => apply(parse(withdrawSchema, input)),
    balance: async (name) => {
      const { available, held, spent, topups } = await driver.balance(parse(account, name))
      return {
        available: formatUsd(available),
        held: formatUsd(held),
        spent: formatUsd(spent),
        granted: formatUsd(topups),
      }
    },
    ledger,
    audit: async (name) => driver.audit(parse(account, name)),
    export: (options) => {
      const { format, account: name } = parse(exportSchema, options)
      return exportRows(rowsOf(name), format)
    },
    accounts: () => driver.accounts(),
  }
}

interface Terms {
  readonly account: string
  readonly amount: string
  readonly reference: string
  readonly kind: CreditKind
  readonly expiresAt?: number | undefined
  readonly metadata?: CreditMetadata | undefined
}

function toRequest({ account, amount, reference, kind, expiresAt, metadata }: Terms): CreditRequest {
  const nano = parseUsd(amount, 'amount')
  if (nano === 0n) throw invalid('amount', 'must be more than 0')
  return {
    ref: reference,
    account,
    amount: nano,
    kind,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(metadata && { meta: metadata }),
  }
}

function assertFuture(expiresAt: number | undefined): void {
  if (expiresAt !== undefined && expiresAt <= Date.now()) throw invalid('expiresAt', 'must be in the future')
}

/** A key without limits has no counters in a store, those of its account may be the first, but calls say whose they were. */
function renderEntry(entry: LedgerEntry): LedgerRow {
  const key = entry.meta?.accessKeyId ?? entry.key
  return {
    ...entry,
    ...(typeof key === 'string' && { key }),
    amount: formatUsd(entry.amount),
    modelCost: formatUsd(entry.modelCost),
    fee: formatUsd(entry.fee),
    shortfall: formatUsd(entry.shortfall),
    availableAfter: formatUsd(entry.availableAfter),
    heldAfter: formatUsd(entry.heldAfter),
  }
}
