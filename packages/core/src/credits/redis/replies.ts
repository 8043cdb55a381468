import type {
  Balance,
  CreditRequest,
  CreditResult,
  HoldRefusal,
  HoldResult,
  LedgerEntry,
  SettleResult,
} from '../driver.ts'
import type { AuditedAccount } from '../engine/audit.ts'
import { accountIsFull, type Credited, repeatCredit } from '../engine/credit.ts'
import { outcomeOf, refused } from '../engine/results.ts'
import { shortfallOf } from './row-codec.ts'

type Texts = readonly string[]

/** What the scripts `hold` and `extend` answer. */
export function readHold(reply: unknown): HoldResult {
  const [ok, replayOrReason = '', amountOrRetry = '', expiresOrAvailable = '', last = ''] = reply as Texts
  if (ok === '') {
    const account = { available: BigInt(expiresOrAvailable), held: BigInt(last) }
    const retry = amountOrRetry === '' ? undefined : Number(amountOrRetry)
    return refused(account, replayOrReason as HoldRefusal, retry)
  }
  return {
    ok: true,
    replay: replayOrReason !== '',
    amount: BigInt(amountOrRetry),
    expiresAt: Number(expiresOrAvailable),
    available: BigInt(last),
  }
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
  const [balance, pending, keys, grants] = reply as [Texts, Texts[], Texts[], Texts[]]
  return {
    account,
    balance: readBalance(balance),
    pending: pending.map(([amount = '', key = '']) => ({ amount: BigInt(amount), key: key || undefined })),
    keys: keys.map(([id = '', spent = '', held = '', concurrency = '']) => ({
      id,
      spent: BigInt(spent),
      held: BigInt(held),
      concurrency: Number(concurrency),
    })),
    grants: grants.map(([ref = '', remaining = '']) => ({ ref, remaining: BigInt(remaining) })),
  }
}
