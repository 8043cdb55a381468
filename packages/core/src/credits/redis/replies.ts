import type {
  Balance,
  CreditRequest,
  CreditResult,
  HoldRefusal,
  HoldResult,
  LedgerEntry,
  SettleResult,
  SpendWindow,
} from '../driver.ts'
import type { AuditedAccount } from '../engine/audit.ts'
import { accountIsFull, type Credited, repeatCredit } from '../engine/credit.ts'
import { outcomeOf, refusedFor } from '../engine/results.ts'
import { shortfallOf } from './row-codec.ts'

type Texts = readonly string[]

/** What the scripts `hold` and `extend` answer. */
export function readHold(reply: unknown): HoldResult {
  const [ok, ...rest] = reply as Texts
  if (ok === '') return readRefusal(rest)
  const [replay, amount = '', expires = '', available = ''] = rest
  return {
    ok: true,
    replay: replay !== '',
    amount: BigInt(amount),
    expiresAt: Number(expires),
    available: BigInt(available),
  }
}

function readRefusal([
  reason,
  retry = '',
  available = '',
  held = '',
  id = '',
  window = '',
]: Texts): HoldResult {
  const refusal = {
    reason: reason as HoldRefusal,
    lastsMs: retry === '' ? Infinity : Number(retry),
    ...(id !== '' && { id }),
    ...(window !== '' && { window: window as SpendWindow }),
  }
  return refusedFor({ available: BigInt(available), held: BigInt(held) }, refusal)
}

/** What the scripts `settle` and `release` answer: nothing for a hold that nobody took. */
export function readOutcome(reply: unknown): SettleResult {
  const [replay, op, charged = '', wanted = '', number = ''] = reply as Texts
  if (op === undefined) return { state: 'unknown' }
  const amount = BigInt(charged)
  const row = {
    op: op as LedgerEntry['op'],
    amount,
    shortfall: shortfallOf(wanted, amount),
    seq: Number(number),
  }
  // An expired hold has been given back already.
  const expired = { state: 'released', replay: true, charged: 0n, shortfall: 0n, seq: row.seq } as const
  return outcomeOf(row, replay !== '') ?? expired
}

/**
 * What the script `credit` answers.
 *
 * @throws GatewayError `idempotency_conflict` or, for an account that would hold too much, `invalid_request`.
 */
export function readCredit(request: CreditRequest, reply: unknown): CreditResult {
  const [kind, ...rest] = reply as [string, ...string[]]
  if (kind === 'overflow') throw accountIsFull()
  if (kind === 'replay') return repeatCredit(readCredited(rest), request)
  const [taken = '', available = '', number = ''] = rest
  return {
    replay: false,
    available: BigInt(available),
    seq: Number(number),
    shortfall: request.amount - BigInt(taken),
  }
}

/** What is kept of a credit beside its reference. */
function readCredited([number, op, taken = '', wanted = '', expires = '', available = '']: Texts): Credited {
  const amount = BigInt(taken)
  return {
    seq: Number(number),
    op: op as Credited['op'],
    amount,
    shortfall: shortfallOf(wanted, amount),
    availableAfter: BigInt(available),
    ...(expires !== '' && { expiresAt: Number(expires) }),
  }
}

/** What the script `balance` answers. */
export function readBalance(reply: unknown): Balance {
  const [available = '', held = '', spent = '', topups = '', number = ''] = reply as Texts
  return {
    available: BigInt(available),
    held: BigInt(held),
    spent: BigInt(spent),
    topups: BigInt(topups),
    seq: Number(number),
  }
}

/** What the script `snapshot` answers. */
export function readSnapshot(account: string, reply: unknown): AuditedAccount {
  const [balance, pending, usages, grants] = reply as [Texts, Texts[], Texts[], Texts[]]
  return {
    account,
    balance: readBalance(balance),
    pending: pending.map(([amount = '', limits = '']) => ({ amount: BigInt(amount), limits: idsIn(limits) })),
    usages: usages.map(([id = '', spent = '', held = '', concurrency = '']) => ({
      id,
      spent: BigInt(spent),
      held: BigInt(held),
      concurrency: Number(concurrency),
    })),
    grants: grants.map(([ref = '', remaining = '']) => ({ ref, remaining: BigInt(remaining) })),
  }
}

/** Of a hold's sets of limits. */
function idsIn(limits: string): string[] {
  return limits === '' ? [] : (JSON.parse(limits) as { readonly id: string }[]).map(({ id }) => id)
}
