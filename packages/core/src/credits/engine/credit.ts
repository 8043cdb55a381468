import { formatUsd, maxNano, minNano, type Nano } from '../../billing/money.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { CreditKind, CreditRequest, CreditResult, LedgerEntry } from '../driver.ts'
import type { AccountState, EngineRow } from './account-state.ts'
import { appendRow } from './append-row.ts'
import type { EngineContext } from './engine.ts'
import { addGrant, consumeGrants } from './expiring-grants.ts'

/** The kinds that take. */
export const debits: ReadonlySet<CreditKind> = new Set(['withdraw', 'adjust_down'])

/** Adds to an account or takes from it, once for each reference. */
export function applyCredit(
  context: EngineContext,
  account: AccountState,
  request: CreditRequest,
): CreditResult {
  const row = context.store.findRow(account.id, request.ref, 'credit')
  if (row) return repeatCredit(row, request)
  return resultOf(debits.has(request.kind) ? take(context, account, request) : add(context, account, request))
}

/** What a repeat of a credit is compared with and told. */
export type Credited = Pick<
  LedgerEntry,
  'op' | 'amount' | 'shortfall' | 'expiresAt' | 'availableAfter' | 'seq'
>

/** What a credit's row says of its outcome. */
export function resultOf({ availableAfter, seq, shortfall }: Credited, replay = false): CreditResult {
  return { replay, available: availableAfter, seq, shortfall }
}

/**
 * The first outcome, for the same terms.
 *
 * @throws GatewayError `idempotency_conflict` for other terms.
 */
export function repeatCredit(row: Credited, { kind, amount, ref, expiresAt }: CreditRequest): CreditResult {
  const isSame = row.op === kind && row.amount + row.shortfall === amount && row.expiresAt === expiresAt
  if (isSame) return resultOf(row, true)
  throw referenceWasUsed(ref, { op: row.op, amount: row.amount + row.shortfall })
}

/** A repeat that is none: what the reference was for at first. */
export function referenceWasUsed(
  ref: string,
  { op, amount }: { readonly op: LedgerEntry['op']; readonly amount: Nano },
): GatewayError {
  return new GatewayError({
    code: 'idempotency_conflict',
    message: `The reference "${ref}" was used before, for a ${op} of $${formatUsd(amount)}.`,
    param: 'reference',
  })
}

/** What fits no account any more. */
export function accountIsFull(): GatewayError {
  const message = `The account would hold more than $${formatUsd(maxNano)}.`
  return new GatewayError({ code: 'invalid_request', message, param: 'amount' })
}

function add(context: EngineContext, account: AccountState, request: CreditRequest): EngineRow {
  const { ref, kind, amount, expiresAt, meta } = request
  if (account.available + account.held + amount > maxNano || account.topups + amount > maxNano) {
    throw accountIsFull()
  }
  account.available += amount
  account.topups += amount
  if (expiresAt !== undefined) addGrant(account, { ref, seq: account.seq + 1, expiresAt, remaining: amount })
  return appendRow(context, account, { op: kind, ref, amount, expiresAt, meta })
}

/** At most what is available: credits that calls hold are theirs. */
function take(context: EngineContext, account: AccountState, request: CreditRequest): EngineRow {
  const { ref, kind, amount: wanted, meta } = request
  const amount = minNano(wanted, account.available)
  account.available -= amount
  account.topups -= amount
  consumeGrants(account, amount)
  return appendRow(context, account, { op: kind, ref, amount, shortfall: wanted - amount, meta })
}
